import type { Queryable } from '../../store.ts'
import { movePayment } from './movePayment.ts'
import type { Payment, PaymentKey } from './paymentRow.ts'

/** reserved | answered | settling -> failed, with the code of what failed. Throws store/illegal-move. */
export function markFailed(
  store: Queryable,
  { payer, nonce, failure, atMs = Date.now() }: PaymentKey & { failure: string; atMs?: number },
): Promise<Payment> {
  return movePayment(store, { payer, nonce, to: 'failed', set: { failure, closedAtMs: atMs }, same: {} })
}
