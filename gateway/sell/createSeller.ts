import type { DecodedPayment, PaymentScheme } from '../../chain/index.ts'
import { digestText, findError, TributaryError, type Address, type Digest } from '../../kernel/index.ts'
import type { Place } from '../../models/index.ts'
import { findPayment, getPayment, reservePayment, type Payment, type Reservation } from '../../store/index.ts'
import {
  alone,
  canonicalRequest,
  over,
  quoteFor,
  readPayload,
  recoverPayments,
  schemeOf,
  settleAnswered,
  supersede,
  writePayload,
  type ChatRequest,
  type Quoted,
  type Recovered,
  type ToolContext,
} from '../../tools/index.ts'
import { makeAnswer } from './makeAnswer.ts'

export type Sold = {
  receipt: Digest
  /** Empty where the payment is settled later, with others. */
  transaction: string
  payer: Address
  feeWei: bigint
  /** What PAYMENT-RESPONSE says beside. */
  extra?: Record<string, unknown>
}

/** One call of the buyer for a payment: what it sent, the room that was kept for it, and whether it has left. */
type Attempt = { payment: DecodedPayment; digest: Digest; place?: Place; gone: AbortSignal | undefined }

export type Seller = {
  /**
   * Sells one answer for one payment; a second call with the same payment gets the first answer. Where the engine has no
   * room it throws models/busy before anything is reserved: the payment stays good. `gone` says that the buyer has left:
   * its answer is not made, its payment stays reserved, and may come again.
   */
  sell: (request: ChatRequest, payment: DecodedPayment, gone?: AbortSignal) => Promise<Sold>
  /** Finishes what a crash left. */
  recover: () => Promise<Recovered>
}

/**
 * Sells answers for x402 payments of any scheme, whatever crashes or is sent twice.
 *
 * (payer, nonce) is reserved before any work; every later step looks at the state that is stored and goes on from
 * there, so a request that comes again with the same payment finishes what a crash cut, or gets the first answer:
 *   reserved -> answered (answer and receipt stored together) -> settling -> settled
 * Where a scheme says so the answer leaves when it is `answered`: the payment can then be enforced, and is settled later.
 * One gateway at a time works on a payment, among all that share the database: the others wait and deliver what it has
 * stored; when it dies, the next one goes on. Should two be at work all the same (one was stopped for longer than its
 * lease), the answer that is stored first is the answer.
 */
export function createSeller(ctx: ToolContext): Seller {
  async function sell(request: ChatRequest, payment: DecodedPayment, gone?: AbortSignal): Promise<Sold> {
    const { payer, nonce } = payment
    const digest = digestText(canonicalRequest(request))
    const known = await findPayment(ctx.store, { payer, nonce })
    if (known && !wasNeverUsed(known)) return finishSale(request, known, { payment, digest, gone })
    // Where it is not known here what holders decided, nothing new is sold, and no money taken.
    ctx.governed.rule()
    ctx.governed.engine()
    const quoted = await quoteFor(request, ctx)
    // Room is kept before the payment is: once that is reserved, nothing stands between it and its answer.
    const place = await admit(quoted, { payer })
    try {
      const row = await reserve(payment, quoted, digest)
      return await finishSale(request, row, { payment, digest, place, gone })
    } finally {
      place.release()
    }
  }

  async function finishSale(request: ChatRequest, row: Payment, attempt: Attempt): Promise<Sold> {
    const { payment, digest, gone } = attempt
    const { payer, nonce } = row
    if (row.request !== digest || row.payload !== writePayload(payment.payload)) throw replayed(row)
    const scheme = schemeOf(ctx, row.scheme)
    return alone(ctx, row, async (lease) => {
      let now = await getPayment(ctx.store, { payer, nonce })
      if (now.state === 'reserved') {
        await scheme.prepare?.({ payer, nonce, payload: payment.payload })
        // What was reserved is what is sold: a price that changed since then is for later payments.
        const quoted = { ...(await quoteFor(request, ctx)), feeWei: now.maxWei ?? now.feeWei }
        const place = attempt.place ?? (await admit(quoted, { payer, owed: true }))
        const signal = gone ? AbortSignal.any([lease, gone]) : lease
        await makeAnswer(ctx, { request, quoted, payment: now, scheme, place, signal })
        // Where another gateway was faster, it may have gone on as well.
        now = await getPayment(ctx.store, { payer, nonce })
      }
      return deliver(scheme, now)
    })
  }

  /** Takes an answered payment to where its answer may leave. */
  async function deliver(scheme: PaymentScheme, payment: Payment): Promise<Sold> {
    const { payer, nonce, receipt, feeWei, maxWei } = payment
    if (receipt === null) throw over(payment)
    const leaves = scheme.leaves === 'answered' && (payment.state === 'answered' || payment.state === 'settling')
    const { settlementTx } = leaves ? payment : await settleAnswered(ctx, payment)
    const attribution = ctx.workflows.start('attribute', `attribute/${receipt}`, [receipt])
    // An answer that may leave waits for nobody; what starts its attribution later is what settles it.
    if (leaves) attribution.catch((failure: unknown) => ctx.log.warn({ err: failure }, 'attribution starts later'))
    else await attribution
    const stored = { payer, nonce, payload: readPayload(payment.payload), feeWei, maxWei: maxWei ?? feeWei }
    const extra = await scheme.told?.(stored)
    return { receipt, transaction: settlementTx ?? '', payer, feeWei, ...(extra ? { extra } : {}) }
  }

  function admit({ adapter, promptIds, asked }: Quoted, who: { payer: Address; owed?: boolean }): Promise<Place> {
    return ctx.answers.admit({ adapter, promptTokens: promptIds.length, maxTokens: asked.maxTokens, ...who })
  }

  async function reserve(payment: DecodedPayment, quoted: Quoted, request: Digest): Promise<Payment> {
    const { feeWei } = quoted
    const scheme = schemeOf(ctx, payment.scheme)
    const requirements = scheme.requirements({ amountWei: feeWei })
    await scheme.verify(payment, { requirements, now: ctx.now() })
    const { payment: row } = await reserveOrSupersede({
      payer: payment.payer,
      nonce: payment.nonce,
      scheme: scheme.id,
      request,
      asset: payment.asset,
      chainId: ctx.chain.chainId,
      payTo: payment.payTo,
      feeWei,
      ...(scheme.charges === 'made' ? { maxWei: feeWei } : {}),
      ...(payment.channel === undefined ? {} : { channel: payment.channel }),
      validBeforeMs: Number(payment.validBefore) * 1000,
      payload: writePayload(payment.payload),
      atMs: ctx.now(),
    })
    return row
  }

  /** A payment that was left behind on the same channel gives way. */
  async function reserveOrSupersede(reservation: Reservation) {
    try {
      return await reservePayment(ctx.store, reservation)
    } catch (failure) {
      const busy = findError(failure)
      const pending = busy?.facts['pending'] as Digest | null | undefined
      if (busy?.code !== 'payment/channel-busy' || !pending) throw failure
      if (!(await supersede(ctx, { payer: reservation.payer, nonce: pending }))) throw failure
      return reservePayment(ctx.store, reservation)
    }
  }

  return { sell, recover: () => recoverPayments(ctx) }
}

/** A voucher whose payment ended without an answer: nothing was charged by it, and it may pay for another. */
function wasNeverUsed({ state, receipt, channel }: Payment): boolean {
  return state === 'failed' && receipt === null && channel !== null
}

function replayed({ payer, nonce }: Payment): TributaryError {
  return new TributaryError('This payment was used for another request.', {
    code: 'payment/replayed',
    facts: { payer, nonce },
    tryThis: 'sign a new payment with a new nonce for this request',
  })
}
