import type { Digest } from '../../../kernel/index.ts'
import type { Queryable } from '../../store.ts'
import { movePayment } from './movePayment.ts'
import type { Payment, PaymentKey } from './paymentRow.ts'

/** settled | failed -> refunded, until its epoch freezes. Throws store/illegal-move. */
export function markRefunded(
  store: Queryable,
  { payer, nonce, refundTx, atMs = Date.now() }: PaymentKey & { refundTx: Digest; atMs?: number },
): Promise<Payment> {
  return movePayment(store, { payer, nonce, to: 'refunded', set: { refundTx, closedAtMs: atMs }, same: { refundTx } })
}
