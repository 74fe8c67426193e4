import { eq, lt, or, sql } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { leases } from '../../schema/index.ts'
import { databaseNow } from './databaseNow.ts'

export type LeaseRow = typeof leases.$inferSelect

/**
 * Take a lease that is free, expired, or `instead` of a holder who is known to be dead. Of any number of takers one wins.
 * Returns whose it is now. Cost: one write, and one read where somebody has it.
 */
export const takeLease = defineQuery(
  'takeLease',
  async (
    { db },
    { key, holder, leaseMs, instead }: { key: string; holder: string; leaseMs: number; instead?: string },
  ): Promise<{ won: boolean; holder: string }> => {
    const untilMs = sql`${databaseNow} + ${leaseMs}`
    const expired = lt(leases.untilMs, databaseNow)
    const [won] = await db
      .insert(leases)
      .values({ key, holder, untilMs })
      .onConflictDoUpdate({
        target: leases.key,
        set: { holder, untilMs },
        setWhere: instead === undefined ? expired : (or(expired, eq(leases.holder, instead)) ?? expired),
      })
      .returning()
    if (won) return { won: true, holder }
    const [row] = await db.select().from(leases).where(eq(leases.key, key))
    // Let go between the two statements: the next try gets it.
    return { won: false, holder: row?.holder ?? '' }
  },
)
