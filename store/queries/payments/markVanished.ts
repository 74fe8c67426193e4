import { TributaryError, type Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { payments } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import { oneRow } from '../oneRow.ts'
import { isPayment, type Payment, type PaymentKey } from './paymentRow.ts'

/**
 * settled -> settling: a reorganisation took the transaction that had settled it. The old one is kept in `vanished`, and the
 * payment is settled again or fails. Of any number of calls for one transaction the first moves it.
 * Throws store/illegal-move when it is not settled by this transaction, or an epoch has taken it; store/not-found.
 */
export const markVanished = defineQuery(
  'markVanished',
  async (
    store,
    { payer, nonce, tx: gone, atMs = Date.now() }: PaymentKey & { tx: Digest; atMs?: number },
  ): Promise<Payment> =>
    transaction(store, async (tx) => {
      const rows = await tx.db.select().from(payments).where(isPayment({ payer, nonce })).for('update')
      const payment = oneRow(rows, 'payment', { payer, nonce })
      const { state, settlementTx, epoch, vanished } = payment
      if (state === 'settling' && vanished?.at(-1)?.tx === gone) return payment
      if (state !== 'settled' || settlementTx !== gone || epoch !== null) {
        throw new TributaryError(`A payment that is ${state} has not lost this settlement.`, {
          code: 'store/illegal-move',
          facts: { payer, nonce, from: state, to: 'settling', epoch, settlementTx, gone },
          tryThis: epoch === null ? 'read the payment again before deciding' : 'its epoch is frozen: it cannot change',
        })
      }
      const set = {
        state: 'settling' as const,
        settlementTx: null,
        settledAtMs: null,
        confirmedAtMs: null,
        vanished: [...(vanished ?? []), { tx: gone, atMs }],
      }
      await tx.db.update(payments).set(set).where(isPayment({ payer, nonce }))
      return { ...payment, ...set }
    }),
)
