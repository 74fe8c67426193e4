import { and, eq, isNotNull } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { leaves } from '../../schema/index.ts'

/** What has been claimed of the money of one epoch. */
export const claimedWeiOf = defineQuery(
  'claimedWeiOf',
  async ({ db }, { epoch }: { epoch: number }): Promise<bigint> => {
    const rows = await db
      .select({ epochWei: leaves.epochWei })
      .from(leaves)
      .where(and(eq(leaves.epoch, epoch), isNotNull(leaves.claimedTx)))
    return rows.reduce((sum, { epochWei }) => sum + epochWei, 0n)
  },
)
