import { eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { histories } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'

/** Throws store/not-found. */
export const historyOf = defineQuery(
  'historyOf',
  async ({ db }, { workflow }: { workflow: string }): Promise<typeof histories.$inferSelect> => {
    return oneRow(await db.select().from(histories).where(eq(histories.workflow, workflow)), 'history', { workflow })
  },
)
