import { and, eq, inArray, isNull, lte, sql } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { channels, payments } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'

/**
 * What the chain shows as claimed of a channel was paid: every answered payment up to there is settled by this transaction,
 * all together. Cost: two updates for any number of answers. Returns their receipts. A repetition settles nothing more.
 */
export const settleChannel = defineQuery(
  'settleChannel',
  async (
    store,
    { id, claimedWei, tx, atMs }: { id: Digest; claimedWei: bigint; tx: Digest; atMs: number },
  ): Promise<Digest[]> =>
    transaction(store, async (inside) => {
      await inside.db
        .update(channels)
        .set({ claimedWei: sql`greatest(${channels.claimedWei}, ${claimedWei.toString()}::numeric)` })
        .where(eq(channels.id, id))
      const settled = await inside.db
        .update(payments)
        .set({ state: 'settled', settlementTx: tx, settledAtMs: atMs })
        .where(
          and(
            eq(payments.channel, id),
            inArray(payments.state, ['answered', 'settling']),
            lte(payments.channelWei, claimedWei),
            isNull(payments.epoch),
          ),
        )
        .returning({ receipt: payments.receipt })
      return settled.flatMap(({ receipt }) => (receipt === null ? [] : [receipt]))
    }),
)
