import type { Queryable } from '../../store.ts'
import { transaction } from '../../transaction.ts'
import { freeChannel } from '../channels/freeChannel.ts'
import { movePayment } from './movePayment.ts'
import type { Payment, PaymentKey } from './paymentRow.ts'

/**
 * reserved | answered | settling -> failed, with the code of what failed; its channel, if it has one, is free again.
 * Throws store/illegal-move.
 */
export function markFailed(
  store: Queryable,
  { payer, nonce, failure, atMs = Date.now() }: PaymentKey & { failure: string; atMs?: number },
): Promise<Payment> {
  return transaction(store, async (tx) => {
    const moved = await movePayment(tx, { payer, nonce, to: 'failed', set: { failure, closedAtMs: atMs }, same: {} })
    if (moved.channel !== null) await freeChannel(tx, { id: moved.channel, nonce })
    return moved
  })
}
