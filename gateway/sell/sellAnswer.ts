import { findError, TributaryError, type Digest } from '../../kernel/index.ts'
import { getPayment, markFailed, markSettled, markSettling, reservePayment, type Payment } from '../../store/index.ts'
import { canonicalRequest, quoteFor, type ChatRequest, type ToolContext } from '../../tools/index.ts'
import { digestText } from '../../kernel/index.ts'
import type { PaymentGate, PaymentOffer } from '../../chain/index.ts'
import { makeAnswer } from './makeAnswer.ts'

export type Sold = { receipt: Digest; transaction: string }

/**
 * Sells one answer for one x402 payment, whatever crashes or is sent twice.
 *
 * (payer, nonce) is reserved before any work; every later step looks at the state that is stored and goes on from
 * there, so a request that comes again with the same payment finishes what a crash cut, or gets the first answer.
 *   reserved -> answered (answer and receipt stored together) -> settling -> settled
 */
export function createSeller(ctx: ToolContext, gate: PaymentGate) {
  const inFlight = new Map<string, Promise<Sold>>()

  async function sell(request: ChatRequest, offer: PaymentOffer): Promise<Sold> {
    const quoted = await quoteFor(request, ctx)
    await gate.verify(offer, quoted.feeWei)
    const requestDigest = digestText(canonicalRequest(request))
    const { payer, nonce } = offer
    const { sameRequest, payment } = await reservePayment(ctx.store, {
      payer,
      nonce,
      request: requestDigest,
      asset: gate.asset,
      chainId: gate.chainId,
      payTo: gate.payTo,
      feeWei: quoted.feeWei,
      validBeforeMs: offer.validBeforeMs,
      payload: offer.payload,
      atMs: ctx.now(),
    })
    if (!sameRequest) throw replayed(payment)
    return advance(payment, () => makeAnswer(ctx, request, quoted, { payer, nonce, asset: gate.asset, chainId: gate.chainId }))
  }

  /** Takes a payment from wherever it stands to settled. */
  async function advance(payment: Payment, answer: () => Promise<Digest>): Promise<Sold> {
    const key = { payer: payment.payer, nonce: payment.nonce }
    let { state, receipt } = payment
    if (state === 'reserved') {
      receipt = await answer()
      state = 'answered'
    }
    if (state === 'failed' || state === 'refunded') throw over(payment)
    if (receipt === null) throw over(payment)
    if (state !== 'settled') {
      if (state === 'answered') await markSettling(ctx.store, { ...key })
      const transaction = await settle(payment)
      await markSettled(ctx.store, { ...key, settlementTx: transaction, atMs: ctx.now() })
    }
    await ctx.workflows.start('attribute', `attribute/${receipt}`, [receipt])
    const { settlementTx } = await getPayment(ctx.store, key)
    return { receipt, transaction: settlementTx ?? '' }
  }

  async function settle(payment: Payment): Promise<Digest> {
    try {
      return await gate.settle(payment.payload, payment.feeWei)
    } catch (failure) {
      const coded = findError(failure)
      if (coded && !coded.retry) {
        await markFailed(ctx.store, { payer: payment.payer, nonce: payment.nonce, failure: coded.code, atMs: ctx.now() })
      }
      throw failure
    }
  }

  return {
    /** One sale; a second call with the same payment, while the first runs, waits for the first. */
    async sell(request: ChatRequest, offer: PaymentOffer): Promise<Sold> {
      const key = `${offer.payer}/${offer.nonce}/${digestText(canonicalRequest(request))}`
      const running = inFlight.get(key)
      if (running) return running
      const sale = sell(request, offer)
      inFlight.set(key, sale)
      try {
        return await sale
      } finally {
        inFlight.delete(key)
      }
    },
    advance,
  }
}

function replayed({ payer, nonce }: Payment): TributaryError {
  return new TributaryError('This payment was used for another request.', {
    code: 'payment/replayed',
    facts: { payer, nonce },
    tryThis: 'sign a new payment with a new nonce for this request',
  })
}

function over({ payer, nonce, state, failure }: Payment): TributaryError {
  return new TributaryError('This payment was not completed, and its answer is not delivered.', {
    code: 'payment/over',
    facts: { payer, nonce, state, failure },
    tryThis: 'sign a new payment with a new nonce; nothing was charged for this one, or it was refunded',
  })
}
