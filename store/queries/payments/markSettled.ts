import type { Digest } from '../../../kernel/index.ts'
import type { Queryable } from '../../store.ts'
import { movePayment } from './movePayment.ts'
import type { Payment, PaymentKey } from './paymentRow.ts'

/** settling -> settled, with the transaction that moved the money. Throws store/illegal-move. */
export function markSettled(
  store: Queryable,
  { payer, nonce, settlementTx, atMs = Date.now() }: PaymentKey & { settlementTx: Digest; atMs?: number },
): Promise<Payment> {
  const set = { settlementTx, settledAtMs: atMs }
  return movePayment(store, { payer, nonce, to: 'settled', set, same: { settlementTx } })
}
