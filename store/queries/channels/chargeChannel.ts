import { and, eq, sql } from 'drizzle-orm'
import { TributaryError, type Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { channels } from '../../schema/index.ts'

/**
 * Charge the payment that has the channel, and put its voucher in force. Only inside the transaction that stores its answer.
 * Returns all that was charged of the channel with it. Throws store/illegal-move where it does not have the channel, or
 * the charge is over its voucher.
 */
export const chargeChannel = defineQuery(
  'chargeChannel',
  async (
    { db },
    { id, nonce, feeWei, atMs }: { id: Digest; nonce: Digest; feeWei: bigint; atMs: number },
  ): Promise<bigint> => {
    const chargedWei = sql<bigint>`${channels.chargedWei} + ${feeWei.toString()}::numeric`
    const [charged] = await db
      .update(channels)
      .set({
        chargedWei,
        signedWei: sql`${channels.pendingWei}`,
        signature: sql`${channels.pendingSignature}`,
        pendingNonce: null,
        pendingWei: null,
        pendingSignature: null,
        usedAtMs: atMs,
      })
      .where(
        and(
          eq(channels.id, id),
          eq(channels.pendingNonce, nonce),
          sql`${channels.chargedWei} + ${feeWei.toString()}::numeric <= ${channels.pendingWei}`,
        ),
      )
      .returning({ chargedWei: channels.chargedWei })
    if (charged) return charged.chargedWei
    throw new TributaryError('The channel does not take this charge.', {
      code: 'store/illegal-move',
      facts: { channel: id, nonce, feeWei: feeWei.toString() },
      tryThis: 'read payment and channel again: another process may have been faster',
    })
  },
)
