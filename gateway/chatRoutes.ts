import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import { findError } from '../kernel/index.ts'
import { decodePayment, paymentReceiptHeader, type DecodedPayment } from '../chain/index.ts'
import { limitBody, schemeOf, type ChatRequest, type ToolContext } from '../tools/index.ts'
import { answerBody } from './answerBody.ts'
import { answerEvents } from './answerEvents.ts'
import { codedError } from './errorResponse.ts'
import { eventHeaders, heldStream } from './heldStream.ts'
import { liveStream } from './liveStream.ts'
import { chatDiscovery } from './extensions/discovery.ts'
import { askForPayment, asksForPayment } from './sell/askForPayment.ts'
import { deliverAnswer, type Delivery, type Order } from './sell/deliverAnswer.ts'
import { readChat } from './readChat.ts'
import type { Seller } from './sell/createSeller.ts'

const limitBytes = 1 << 20

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
      const call = { gone: c.req.raw.signal, quote: c.req.header('Tributary-Quote') }
      const order = { request, payment, resourceUrl: c.req.url, ...call }
      if (isLive(ctx, request, payment)) return await live(order)
      const delivery = deliverAnswer(ctx, seller, order)
      return await (request.stream ? streamed(delivery, request) : whole(delivery))
    } catch (failure) {
      const refused = findError(failure)
      if (!refused || !asksForPayment(refused)) throw failure
      const { body, headers } = await askForPayment(ctx, request, {
        refused,
        payment,
        resourceUrl: c.req.url,
        quote: c.req.header('Tributary-Quote'),
        discovery: chatDiscovery(request.model),
      })
      return Response.json({ ...body, details: refused.toJSON() }, { status: 402, headers })
    }
  })
  return app

  /** Tokens as they are made; the charge is known, and told, at their end. */
  async function live(order: Order): Promise<Response> {
    const { request, payment } = order
    const { nonce } = payment
    const head = { id: `chatcmpl-${nonce.slice(2, 26)}`, created: Math.floor(ctx.now() / 1000), model: request.model }
    const body = await liveStream({
      sell: async (onPiece) => {
        const onToken = (_: number, text: string) => onPiece(text)
        const delivery = await deliverAnswer(ctx, seller, { ...order, onToken })
        return { answer: delivery.answer, headers: headersOf(delivery) }
      },
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
      if (early) return new Response((await events).join(''), { headers: { ...headersOf(early), ...eventHeaders } })
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

async function whole(delivery: Promise<Delivery>): Promise<Response> {
  const delivered = await delivery
  return Response.json(answerBody(delivered.answer), { headers: headersOf(delivered) })
}

function headersOf({ answer, charged }: Delivery): Record<string, string> {
  return { ...paymentReceiptHeader(charged), 'Tributary-Receipt': answer.id }
}
