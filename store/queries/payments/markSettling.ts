import type { Queryable } from '../../store.ts'
import { movePayment } from './movePayment.ts'
import type { Payment, PaymentKey } from './paymentRow.ts'

/** reserved | answered -> settling: written before the settlement is sent. Throws store/illegal-move. */
export function markSettling(store: Queryable, { payer, nonce }: PaymentKey): Promise<Payment> {
  return movePayment(store, { payer, nonce, to: 'settling', set: {}, same: {} })
}
