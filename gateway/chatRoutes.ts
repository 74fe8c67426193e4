import { setTimeout as sleep } from 'node:timers/promises'
import { Hono, type Context } from 'hono'
import { findError, type TributaryError } from '../kernel/index.ts'
import {
  decodePayment,
  paymentChallenge,
  paymentReceiptHeader,
  type DecodedPayment,
  type PaymentRequirements,
} from '../chain/index.ts'
import { limitBody, quoteFor, schemeOf, type ChatRequest, type ToolContext } from '../tools/index.ts'
import { answerBody } from './answerBody.ts'
import { answerEvents } from './answerEvents.ts'
import { codedError } from './errorResponse.ts'
import { eventHeaders, heldStream } from './heldStream.ts'
import { liveStream } from './liveStream.ts'
import { readAnswer, type DeliveredAnswer } from './sell/readAnswer.ts'
import { readChat } from './readChat.ts'
import type { Call, Seller } from './sell/createSeller.ts'

const limitBytes = 1 << 20

type Delivery = { answer: DeliveredAnswer; headers: Record<string, string> }

/**
 * `POST /v1/chat/completions`: without payment 402 and the x402 requirements; with it the answer and its receipt. Where
 * the engine has no room it says so, 429 and Retry-After, before a payment is asked for or taken.
 *
 * With a payment channel a stream leaves token by token as it is made, and a buyer who cuts it has bought what was made.
 * With `exact` and `upto` the answer is held until the payment is settled, since nobody who has not paid is to have it, so a stream starts when the money has moved. It is a
 * whole response with all of its headers where that takes less than `beatMs`; after that a stream begins that says now
 * and then that it still waits, and its receipt is in its last event alone.
 */
export function chatRoutes(ctx: ToolContext, seller: Seller, { beatMs = 10_000 }: { beatMs?: number } = {}): Hono {
  const app = new Hono()
  app.post('/v1/chat/completions', limitBody(limitBytes), async (c) => {
    const request = await readChat(c)
    let payment: DecodedPayment | undefined
    try {
      payment = decodePayment((name) => c.req.header(name), ctx.schemes)
      if (isLive(ctx, request, payment)) return await live(request, payment, c)
      const delivery = deliver(ctx, seller, { request, payment }, c)
      return await (request.stream ? streamed(delivery, request) : whole(delivery))
    } catch (failure) {
      const refused = findError(failure)
      if (!refused || !asksForPayment(refused)) throw failure
      return await challenge(ctx, request, {
        ...{ refused, payment },
        resourceUrl: c.req.url,
        quote: c.req.header('Tributary-Quote'),
      })
    }
  })
  return app

  /** Tokens as they are made; the charge is known, and told, at their end. */
  async function live(request: ChatRequest, payment: DecodedPayment, c: Context): Promise<Response> {
    const { nonce } = payment
    const head = { id: `chatcmpl-${nonce.slice(2, 26)}`, created: Math.floor(ctx.now() / 1000), model: request.model }
    const body = await liveStream({
      sell: (onPiece) => deliver(ctx, seller, { request, payment, onToken: (_, text) => onPiece(text) }, c),
      head,
      includeUsage: request.stream_options?.include_usage ?? false,
      describe: (failure) => codedError(failure, ctx.log).toJSON(),
    })
    return new Response(body, { headers: eventHeaders })
  }

  async function streamed(delivery: Promise<Delivery>, request: ChatRequest): Promise<Response> {
    const { tokenizer } = ctx.engine.base
    const includeUsage = request.stream_options?.include_usage ?? false
    const events = delivery.then(({ answer }) => answerEvents(answer, { tokenizer, includeUsage }))
    const wait = new AbortController()
    try {
      const early = await Promise.race([delivery, sleep(beatMs, undefined, { signal: wait.signal })])
      if (early) return new Response((await events).join(''), { headers: { ...early.headers, ...eventHeaders } })
    } finally {
      wait.abort()
      events.catch(() => undefined)
    }
    return heldStream({ events, headers: {}, beatMs, describe: (failure) => codedError(failure, ctx.log).toJSON() })
  }
}

/** Where an answer may leave once it is stored, its tokens may as they are made; log-probabilities come with the whole. */
function isLive(ctx: ToolContext, { stream, logprobs }: ChatRequest, { scheme }: DecodedPayment): boolean {
  return stream && logprobs !== true && schemeOf(ctx, scheme).leaves === 'answered'
}

/** Sells the answer; the buyer may leave until it is made. */
async function deliver(
  ctx: ToolContext,
  seller: Seller,
  { request, payment, onToken }: { request: ChatRequest; payment: DecodedPayment; onToken?: Call['onToken'] },
  c: Context,
): Promise<Delivery> {
  const started = performance.now()
  const sold = await seller.sell(request, payment, {
    gone: c.req.raw.signal,
    quote: c.req.header('Tributary-Quote'),
    onToken,
  })
  const answer = await readAnswer(ctx.store, sold.receipt)
  ctx.log.info({ receipt: sold.receipt, ms: Math.round(performance.now() - started) }, 'answer sold')
  const { transaction: tx, payer, feeWei: amountWei, extra } = sold
  const paid = { tx, payer, amountWei, chainId: ctx.chain.chainId, ...(extra ? { extra } : {}) }
  return { answer, headers: { ...paymentReceiptHeader(paid), 'Tributary-Receipt': sold.receipt } }
}

async function whole(delivery: Promise<Delivery>): Promise<Response> {
  const { answer, headers } = await delivery
  return Response.json(answerBody(answer), { headers })
}

/** 402 with all ways to pay, where there is room for the answer now; nothing is kept for who has not paid. */
async function challenge(
  ctx: ToolContext,
  request: ChatRequest,
  {
    refused,
    payment,
    resourceUrl,
    quote,
  }: { refused: TributaryError; payment: DecodedPayment | undefined; resourceUrl: string; quote?: string | undefined },
): Promise<Response> {
  const { adapter, feeWei, promptIds, asked } = await quoteFor(request, ctx, quote)
  const place = await ctx.answers.admit({ adapter, promptTokens: promptIds.length, maxTokens: asked.maxTokens })
  place.release()
  const offers = ctx.schemes.map(({ id, requirements }) => ({ id, terms: requirements({ amountWei: feeWei }) }))
  let error: string = refused.code
  const mended = payment && (await mend(ctx, refused, payment, offers))
  if (mended) error = mended.error
  const accepts = offers.map(({ id, terms }) => (id === payment?.scheme && mended ? mended.requirements : terms))
  const { body, headers } = paymentChallenge({ accepts, resourceUrl, error })
  return Response.json({ ...body, details: refused.toJSON() }, { status: 402, headers })
}

/** What the scheme of the refused payment knows that helps its client to sign a good one. */
async function mend(
  ctx: ToolContext,
  { code }: TributaryError,
  payment: DecodedPayment,
  offers: { id: string; terms: PaymentRequirements }[],
) {
  const terms = offers.find(({ id }) => id === payment.scheme)?.terms
  return terms && schemeOf(ctx, payment.scheme).mend?.({ code, payment }, terms)
}

/** Refusals after which another payment helps get 402 and the terms again; a payment that was used for something else does not. */
function asksForPayment({ code, retry }: TributaryError): boolean {
  return (
    code.startsWith('payment/') &&
    !code.startsWith('payment/quote-') &&
    code !== 'payment/replayed' &&
    code !== 'payment/old-version' &&
    !retry
  )
}
