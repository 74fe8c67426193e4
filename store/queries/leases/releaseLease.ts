import { and, eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { leases } from '../../schema/index.ts'

/** Let go of a lease, if it is still the holder's. */
export const releaseLease = defineQuery(
  'releaseLease',
  async ({ db }, { key, holder }: { key: string; holder: string }): Promise<void> => {
    await db.delete(leases).where(and(eq(leases.key, key), eq(leases.holder, holder)))
  },
)
