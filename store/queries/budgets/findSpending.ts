import { eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { spendings } from '../../schema/index.ts'
import type { Spending } from './spendingBuckets.ts'

/** The spending of an effect key, or undefined. */
export const findSpending = defineQuery(
  'findSpending',
  async ({ db }, { key }: { key: string }): Promise<Spending | undefined> => {
    const [found] = await db.select().from(spendings).where(eq(spendings.key, key))
    return found
  },
)
