import { and, inArray, isNull } from 'drizzle-orm'
import { TributaryError } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { payments, type PaymentState } from '../../schema/index.ts'
import { getPayment } from './getPayment.ts'
import { isPayment, type Payment, type PaymentKey } from './paymentRow.ts'

/**
 * Every legal move of a payment.
 *
 *   reserved -> answered -> settling -> settled     the answer is held until the money has moved
 *   reserved -> settling -> settled                 the money moves first (streaming); the answer is added after
 *   reserved | answered | settling -> failed        no answer, or the chain refused
 *   settled | failed -> refunded                    until the epoch freezes
 *   settled -> settling                             a reorganisation took its transaction: see markVanished
 *
 * A settled payment whose answer never came is refunded; so is a failed one if its money turns out to have moved.
 */
export const legalMoves: Readonly<Record<PaymentState, readonly PaymentState[]>> = {
  reserved: ['answered', 'settling', 'failed'],
  answered: ['settling', 'failed'],
  settling: ['settled', 'failed'],
  settled: ['refunded'],
  failed: ['refunded'],
  refunded: [],
}

type Facts = Partial<
  Pick<Payment, 'receipt' | 'settlementTx' | 'refundTx' | 'failure' | 'answeredAtMs' | 'settledAtMs' | 'closedAtMs'>
>
type Move = PaymentKey & {
  to: PaymentState
  set: Facts
  /** Facts that a repeated call must agree on, so that a retry after a crash is no error. */
  same: Facts
}

/**
 * Move a payment if, at the moment of the write, it is in a state from which the move is legal.
 * Repeating a move with the same facts returns the payment unchanged.
 * Throws store/illegal-move with both states, store/not-found.
 */
export const movePayment = defineQuery('movePayment', async (store, move: Move): Promise<Payment> => {
  const { payer, nonce, to, set, same } = move
  const from = Object.entries(legalMoves).flatMap(([state, next]) => (next.includes(to) ? [state as PaymentState] : []))
  const [moved] = await store.db
    .update(payments)
    .set({ state: to, ...set })
    .where(and(isPayment({ payer, nonce }), inArray(payments.state, from), isNull(payments.epoch)))
    .returning()
  if (moved) return moved
  const payment = await getPayment(store, { payer, nonce })
  const repeated = Object.entries(same).every(([fact, value]) => payment[fact as keyof Facts] === value)
  if (payment.state === to && repeated) return payment
  throw new TributaryError(`A payment that is ${payment.state} cannot become ${to}.`, {
    code: 'store/illegal-move',
    facts: { payer, nonce, from: payment.state, to, epoch: payment.epoch },
    tryThis:
      payment.epoch === null ? 'read the payment again before deciding' : 'its epoch is frozen: it cannot change',
  })
})
