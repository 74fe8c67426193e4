import { and, eq, sql } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { leases } from '../../schema/index.ts'
import { databaseNow } from './databaseNow.ts'

/** Hold a lease for longer. False where another has taken it over. */
export const renewLease = defineQuery(
  'renewLease',
  async ({ db }, { key, holder, leaseMs }: { key: string; holder: string; leaseMs: number }): Promise<boolean> => {
    const renewed = await db
      .update(leases)
      .set({ untilMs: sql`${databaseNow} + ${leaseMs}` })
      .where(and(eq(leases.key, key), eq(leases.holder, holder)))
      .returning({ key: leases.key })
    return renewed.length > 0
  },
)
