import { findError, TributaryError, type Digest } from '../../kernel/index.ts'
import { markFailed, markSettled, markSettling, type Payment } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { schemeOf } from './schemeOf.ts'
import { readPayload } from './storedPayload.ts'

/**
 * Takes an answered payment to settled, alone: answered -> settling -> settled. A refusal of the chain ends it as failed; a
 * chain that can't be asked leaves it `settling`, to be looked up and tried again.
 * Throws one of `refusals`, chain/…, payment/over for a payment whose end was another.
 */
export async function settleAnswered(ctx: ToolContext, payment: Payment): Promise<Payment> {
  const { payer, nonce, feeWei, receipt } = payment
  let { state } = payment
  if (receipt === null || state === 'failed' || state === 'refunded') throw over(payment)
  if (state === 'answered') ({ state } = await markSettling(ctx.store, { payer, nonce }))
  if (state === 'settled') return payment
  try {
    const scheme = schemeOf(ctx, payment.scheme)
    const { tx } = await scheme.settle({ payer, nonce, payload: readPayload(payment.payload) }, feeWei)
    return await markSettled(ctx.store, { payer, nonce, settlementTx: tx as Digest, atMs: ctx.now() })
  } catch (failure) {
    const coded = findError(failure)
    const isRefused = coded !== undefined && !coded.retry && coded.code.startsWith('payment/')
    if (isRefused) await markFailed(ctx.store, { payer, nonce, failure: coded.code, atMs: ctx.now() })
    throw failure
  }
}

export function over({ payer, nonce, state, failure }: Payment): TributaryError {
  return new TributaryError('This payment was not completed, and its answer is not delivered.', {
    code: 'payment/over',
    facts: { payer, nonce, state, failure },
    tryThis: 'sign a new payment with a new nonce; nothing was charged for this one, or it was refunded',
  })
}
