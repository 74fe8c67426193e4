import { paymentRequirements, settlePayment, verifyPayment, type DecodedPayment } from '../../chain/index.ts'
import { digestText, findError, TributaryError, type Address, type Digest } from '../../kernel/index.ts'
import type { Place } from '../../models/index.ts'
import {
  findPayment,
  getPayment,
  markFailed,
  markSettled,
  markSettling,
  reservePayment,
  unfinishedPayments,
  withLease,
  type Payment,
  type PaymentKey,
} from '../../store/index.ts'
import { canonicalRequest, quoteFor, type ChatRequest, type Quoted, type ToolContext } from '../../tools/index.ts'
import { makeAnswer } from './makeAnswer.ts'
import { readPayload, writePayload } from './storedPayload.ts'

export type Sold = { receipt: Digest; transaction: string; payer: Address; feeWei: bigint }

/** One call of the buyer for a payment: what it sent, the room that was kept for it, and whether it has left. */
type Attempt = { payment: DecodedPayment; digest: Digest; place?: Place; gone: AbortSignal | undefined }

export type Seller = {
  /**
   * Sells one answer for one payment; a second call with the same payment gets the first answer. Where the engine has no
   * room it throws models/busy before anything is reserved: the payment stays good. `gone` says that the buyer has left:
   * its answer is not made, its payment stays reserved, and may come again.
   */
  sell: (request: ChatRequest, payment: DecodedPayment, gone?: AbortSignal) => Promise<Sold>
  /**
   * Finishes what a crash left: settles what was answered; what has no answer waits for its buyer until it expires.
   * A payment that can't be settled now is counted as left, and keeps nobody from starting.
   */
  recover: () => Promise<{ settled: number; failed: number; left: number }>
}

/**
 * Sells answers for x402 payments, whatever crashes or is sent twice.
 *
 * (payer, nonce) is reserved before any work; every later step looks at the state that is stored and goes on from
 * there, so a request that comes again with the same payment finishes what a crash cut, or gets the first answer:
 *   reserved -> answered (answer and receipt stored together) -> settling -> settled
 * One gateway at a time works on a payment, among all that share the database: the others wait and deliver what it has
 * stored; when it dies, the next one goes on. Should two be at work all the same (one was stopped for longer than its
 * lease), the answer that is stored first is the answer.
 */
export function createSeller(ctx: ToolContext): Seller {
  async function sell(request: ChatRequest, payment: DecodedPayment, gone?: AbortSignal): Promise<Sold> {
    const { payer, nonce } = payment
    const digest = digestText(canonicalRequest(request))
    const known = await findPayment(ctx.store, { payer, nonce })
    if (known) return finishSale(request, known, { payment, digest, gone })
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
    return alone(row, async (lease) => {
      const { feeWei, ...now } = await getPayment(ctx.store, { payer, nonce })
      const signal = gone ? AbortSignal.any([lease, gone]) : lease
      const answer = async () => {
        // What was reserved is what is sold: a price that changed since then is for later payments.
        const quoted = { ...(await quoteFor(request, ctx)), feeWei }
        const place = attempt.place ?? (await admit(quoted, { payer, owed: true }))
        return makeAnswer(ctx, { request, quoted, payment: row, place, signal })
      }
      return advance({ ...now, feeWei }, answer)
    })
  }

  function admit({ adapter, promptIds, asked }: Quoted, who: { payer: Address; owed?: boolean }): Promise<Place> {
    return ctx.answers.admit({ adapter, promptTokens: promptIds.length, maxTokens: asked.maxTokens, ...who })
  }

  async function reserve(payment: DecodedPayment, quoted: Quoted, request: Digest): Promise<Payment> {
    const { feeWei } = quoted
    const requirements = paymentRequirements(ctx.chain, { amountWei: feeWei })
    await verifyPayment(ctx.chain, { payment, requirements, now: ctx.now() })
    const { payment: row } = await reservePayment(ctx.store, {
      payer: payment.payer,
      nonce: payment.nonce,
      request,
      asset: payment.asset,
      chainId: ctx.chain.chainId,
      payTo: payment.payTo,
      feeWei,
      validBeforeMs: Number(payment.validBefore) * 1000,
      payload: writePayload(payment.payload),
      atMs: ctx.now(),
    })
    return row
  }

  /** Takes a payment from wherever it stands to settled. */
  async function advance(payment: Payment, answer: () => Promise<Digest>): Promise<Sold> {
    const { payer, nonce, feeWei } = payment
    let { state, receipt } = payment
    if (state === 'reserved') {
      await answer()
      // Where another gateway was faster, it may have gone on as well.
      ;({ state, receipt } = await getPayment(ctx.store, { payer, nonce }))
    }
    if (receipt === null || state === 'failed' || state === 'refunded') throw over(payment)
    if (state === 'answered') {
      await markSettling(ctx.store, { payer, nonce })
      state = 'settling'
    }
    if (state === 'settling') {
      const settlementTx = await settle(payment)
      await markSettled(ctx.store, { payer, nonce, settlementTx, atMs: ctx.now() })
    }
    await ctx.workflows.start('attribute', `attribute/${receipt}`, [receipt])
    const { settlementTx } = await getPayment(ctx.store, { payer, nonce })
    return { receipt, transaction: settlementTx ?? '', payer, feeWei }
  }

  async function settle({ payer, nonce, payload, feeWei }: Payment): Promise<Digest> {
    const requirements = paymentRequirements(ctx.chain, { amountWei: feeWei })
    try {
      const { tx } = await settlePayment(ctx.chain, {
        payment: { payer, nonce, payload: readPayload(payload) },
        requirements,
      })
      return tx as Digest
    } catch (failure) {
      const coded = findError(failure)
      // Only a refused payment is over; a chain that fails leaves it `settling`, to be looked up and tried again.
      const isRefused = coded !== undefined && !coded.retry && coded.code.startsWith('payment/')
      if (isRefused) await markFailed(ctx.store, { payer, nonce, failure: coded.code, atMs: ctx.now() })
      throw failure
    }
  }

  /** One at a time for each payment: whoever comes while it is worked on waits, and is then judged by what is stored. */
  function alone<T>({ payer, nonce }: PaymentKey, work: (signal: AbortSignal) => Promise<T>, waitMs?: number) {
    const key = `payment/${payer.toLowerCase()}/${nonce}`
    return withLease(ctx.store, { key, ...(waitMs === undefined ? {} : { waitMs }) }, work)
  }

  async function finish(key: PaymentKey): Promise<'settled' | 'failed' | 'left'> {
    const payment = await getPayment(ctx.store, key)
    if (payment.state === 'reserved') {
      if (payment.validBeforeMs >= ctx.now()) return 'left'
      await markFailed(ctx.store, { ...key, failure: 'payment/expired', atMs: ctx.now() })
      return 'failed'
    }
    if (payment.state !== 'answered' && payment.state !== 'settling') return 'left'
    try {
      await advance(payment, () => Promise.reject(over(payment)))
      return 'settled'
    } catch (failure) {
      const found = findError(failure)
      if (found === undefined) throw failure
      ctx.log.warn({ err: failure }, 'a payment was not settled')
      // The chain did not take it and never will: its time is over, by any clock.
      const isDead = found.code === 'payment/not-settled' && payment.validBeforeMs + clockSkewMs < ctx.now()
      if (isDead) await markFailed(ctx.store, { ...key, failure: found.code, atMs: ctx.now() })
      return (await getPayment(ctx.store, key)).state === 'failed' ? 'failed' : 'left'
    }
  }

  return {
    sell,
    async recover() {
      const count = { settled: 0, failed: 0, left: 0 }
      for (const { payer, nonce } of await unfinishedPayments(ctx.store, { reservedBeforeMs: ctx.now() })) {
        const key = { payer, nonce }
        // What another gateway is at work on is not left behind.
        const end = alone(key, () => finish(key), 0).catch((failure: unknown) => {
          if (findError(failure)?.code === 'store/lease-busy') return 'left' as const
          throw failure
        })
        count[await end]++
      }
      return count
    },
  }
}

const clockSkewMs = 10 * 60_000

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
