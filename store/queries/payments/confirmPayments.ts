import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { payments } from '../../schema/index.ts'
import { inChunks } from '../inChunks.ts'

/** Note that these settlements are final on chain; returns how many payments they settle. A repeat changes nothing. */
export const confirmPayments = defineQuery(
  'confirmPayments',
  async ({ db }, { txs, atMs = Date.now() }: { txs: readonly Digest[]; atMs?: number }): Promise<number> => {
    let confirmed = 0
    for (const chunk of inChunks(txs)) {
      const rows = await db
        .update(payments)
        .set({ confirmedAtMs: atMs })
        .where(
          and(
            inArray(payments.settlementTx, chunk),
            eq(payments.state, 'settled'),
            isNull(payments.epoch),
            isNull(payments.confirmedAtMs),
          ),
        )
        .returning({ nonce: payments.nonce })
      confirmed += rows.length
    }
    return confirmed
  },
)
