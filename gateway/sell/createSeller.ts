import type { DecodedPayment, PaymentPayload, PaymentScheme } from '../../chain/index.ts'
import { digestText, findError, TributaryError, type Address, type Digest } from '../../kernel/index.ts'
import type { Place } from '../../models/index.ts'
import {
  findPayment,
  getPayment,
  reservePayment,
  withLease,
  type Payment,
  type Reservation,
} from '../../store/index.ts'
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
import { makeAnswer, type Made } from './makeAnswer.ts'
import { readAnswer, type DeliveredAnswer } from './readAnswer.ts'
import { verifyUnknown } from './verifyUnknown.ts'

export type Sold = {
  receipt: Digest
  /** Empty where the payment is settled later, with others. */
  transaction: string
  payer: Address
  feeWei: bigint
  /** What PAYMENT-RESPONSE says beside. */
  extra?: Record<string, unknown>
  answer: DeliveredAnswer
}

/** One call of the buyer for a payment, and what it wants to hear while its answer is made. */
export type Call = {
  /** The buyer has left: its answer is not made, its payment stays reserved, and may come again. */
  gone?: AbortSignal | undefined
  /** The quote by which it pays, where it asked for one before. */
  quote?: string | undefined
  /**
   * Told of each token as it is made, where the scheme lets an answer leave before the money has moved; not told of an
   * answer that was made before. A buyer who leaves after the first token has bought what is made by then.
   */
  onToken?: ((token: number, text: string) => void) | undefined
}

/** What the seller knows of a call when it gets to work. */
type Attempt = Call & Asked & { quoted?: Quoted; place?: Place }
/** A payment, as it is stored, and the request that it is for. */
type Asked = { payment: DecodedPayment; text: string; digest: Digest }

export type Seller = {
  /**
   * Sells one answer for one payment; a second call with the same payment gets the first answer. Where the engine has no
   * room it throws models/busy before anything is reserved: the payment stays good.
   */
  sell: (request: ChatRequest, payment: DecodedPayment, call?: Call) => Promise<Sold>
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
  async function sell(request: ChatRequest, payment: DecodedPayment, call: Call = {}): Promise<Sold> {
    const key = schemeOf(ctx, payment.scheme).exclusive?.(payment)
    if (key === undefined) return sellBeside(request, payment, call)
    await refuseForged(request, payment, call)
    return withLease(ctx.store, { key }, () => sellBeside(request, payment, call))
  }

  /**
   * Only who holds the payer's key stands in the payer's line: a forged payment would keep the payer's own ones waiting. What
   * the one before it in the line still changes, its allowance, is judged when its turn comes.
   */
  async function refuseForged(request: ChatRequest, payment: DecodedPayment, { quote }: Call): Promise<void> {
    try {
      await verifyUnknown(ctx, { request, payment, quote })
    } catch (failure) {
      const code = findError(failure)?.code
      if (code !== 'payment/no-allowance' && code !== 'payment/not-settled') throw failure
    }
  }

  async function sellBeside(request: ChatRequest, payment: DecodedPayment, call: Call): Promise<Sold> {
    const { payer, nonce } = payment
    const digest = digestText(canonicalRequest(request))
    const asked = { payment, text: writePayload(payment.payload), digest }
    const known = await findPayment(ctx.store, { payer, nonce })
    if (known && !wasNeverUsed(known)) {
      const row = checked(known, asked)
      return alone(ctx, row, async (lease) => {
        return finishSale(request, await getPayment(ctx.store, { payer, nonce }), { ...call, ...asked }, lease)
      })
    }
    // Where it is not known here what holders decided, nothing new is sold, and no money taken.
    ctx.governed.rule()
    ctx.governed.engine()
    const quoted = await quoteFor(request, ctx, call.quote)
    // Room is kept before the payment is: once that is reserved, nothing stands between it and its answer.
    const place = await admit(quoted, { payer })
    try {
      const scheme = schemeOf(ctx, payment.scheme)
      const requirements = scheme.requirements({ amountWei: quoted.feeWei })
      await scheme.verify(payment, { requirements, now: ctx.now() })
      // What is reserved alone is answered without another look at it.
      return await alone(ctx, { payer, nonce }, async (lease) => {
        const row = checked(await reserve(asked, quoted), asked)
        return finishSale(request, row, { ...call, ...asked, quoted, place }, lease)
      })
    } finally {
      place.release()
    }
  }

  /** Goes on from where the payment stands; `row` is as it is now, and nobody else works on it. */
  async function finishSale(request: ChatRequest, row: Payment, attempt: Attempt, lease: AbortSignal): Promise<Sold> {
    const { payer, nonce } = row
    const scheme = schemeOf(ctx, row.scheme)
    const { payload } = attempt.payment
    if (row.state !== 'reserved') return deliver(scheme, { payment: row }, payload)
    await scheme.prepare?.({ payer, nonce, payload })
    // What was reserved is what is sold: a price that changed since then is for later payments.
    const quoted = { ...(attempt.quoted ?? (await quoteFor(request, ctx))), feeWei: row.maxWei ?? row.feeWei }
    if (attempt.quoted === undefined) await verifyAgain(scheme, attempt.payment, quoted)
    const place = attempt.place ?? (await admit(quoted, { payer, owed: true }))
    const { gone, onToken } = attempt
    const isLive = scheme.leaves === 'answered' && onToken !== undefined
    const heard = listen({ lease, gone, onToken: isLive ? onToken : undefined })
    // Where another gateway was faster, it may have gone on as well.
    const made = await makeAnswer(ctx, { request, quoted, payment: row, scheme, place, ...heard })
    return deliver(scheme, made, payload)
  }

  /**
   * What was reserved and comes again may have been spent or cancelled since: no answer is made that could not be charged. Money
   * that has moved to us already is no reason to stop, and a payment channel is held for its payment.
   */
  async function verifyAgain(scheme: PaymentScheme, payment: DecodedPayment, { feeWei }: Quoted): Promise<void> {
    if (scheme.leaves === 'answered') return
    try {
      await scheme.verify(payment, { requirements: scheme.requirements({ amountWei: feeWei }), now: ctx.now() })
    } catch (failure) {
      if (findError(failure)?.code !== 'payment/replayed') throw failure
    }
  }

  /** Takes an answered payment to where its answer may leave. */
  async function deliver(scheme: PaymentScheme, { payment, answer }: Made, payload: PaymentPayload): Promise<Sold> {
    const { payer, nonce, receipt, feeWei, maxWei } = payment
    if (receipt === null) throw over(payment)
    const leaves = scheme.leaves === 'answered' && (payment.state === 'answered' || payment.state === 'settling')
    const { settlementTx } = leaves ? payment : await settleAnswered(ctx, payment)
    const attribution = ctx.workflows.start('attribute', `attribute/${receipt}`, [receipt])
    // An answer that may leave waits for nobody; what starts its attribution later is what settles it.
    if (leaves) attribution.catch((failure: unknown) => ctx.log.warn({ err: failure }, 'attribution starts later'))
    else await attribution
    const extra = await scheme.told?.({ payer, nonce, payload, feeWei, maxWei: maxWei ?? feeWei })
    return {
      receipt,
      transaction: settlementTx ?? '',
      payer,
      feeWei,
      ...(extra ? { extra } : {}),
      answer: answer ?? (await readAnswer(ctx.store, receipt)),
    }
  }

  function admit({ adapter, promptIds, asked }: Quoted, who: { payer: Address; owed?: boolean }): Promise<Place> {
    return ctx.answers.admit({ adapter, promptTokens: promptIds.length, maxTokens: asked.maxTokens, ...who })
  }

  async function reserve({ payment, text, digest: request }: Asked, { feeWei }: Quoted): Promise<Payment> {
    const scheme = schemeOf(ctx, payment.scheme)
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
      payload: text,
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

/** Until the first token has left a buyer who goes stops the answer; after it, ends it where it is. */
function listen({ lease, gone, onToken }: Call & { lease: AbortSignal }) {
  if (onToken === undefined) return { signal: gone ? AbortSignal.any([lease, gone]) : lease }
  const before = new AbortController()
  const enough = new AbortController()
  let told = 0
  const leave = () => (told > 0 ? enough : before).abort()
  if (gone?.aborted) leave()
  gone?.addEventListener('abort', leave, { once: true })
  return {
    signal: AbortSignal.any([lease, before.signal]),
    enough: enough.signal,
    onToken: (token: number, text: string) => {
      told++
      onToken(token, text)
    },
  }
}

/** The payment that came, if it is the one that was reserved, for the request that it was reserved for. */
function checked(row: Payment, { text, digest }: Asked): Payment {
  // Payments of before were stored with all that their clients sent.
  const isSame = row.payload === text || writePayload(readPayload(row.payload)) === text
  if (row.request === digest && isSame) return row
  throw replayed(row)
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
