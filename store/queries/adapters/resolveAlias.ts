import { desc, eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { aliases } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'

/** The adapter that a name means now. Throws store/not-found. */
export const resolveAlias = defineQuery('resolveAlias', async ({ db }, { name }: { name: string }): Promise<Digest> => {
  const rows = await db.select().from(aliases).where(eq(aliases.name, name)).orderBy(desc(aliases.seq)).limit(1)
  return oneRow(rows, 'model name', { name }).adapter
})
