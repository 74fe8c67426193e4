import { Hono, type Context } from 'hono'
import { findError, TributaryError } from '../kernel/index.ts'
import { decodePayment, paymentChallenge, paymentReceiptHeader, paymentRequirements } from '../chain/index.ts'
import { chatRequest, limitBody, quoteFor, type ChatRequest, type ToolContext } from '../tools/index.ts'
import { answerBody, answerStream } from './answerBody.ts'
import { readAnswer } from './sell/readAnswer.ts'
import type { Seller } from './sell/createSeller.ts'

const limitBytes = 1 << 20

/**
 * `POST /v1/chat/completions`: without payment 402 and the x402 requirements; with it the answer and its receipt.
 * With `exact` the answer is held until the payment is settled, so a stream starts when the money has moved.
 */
export function chatRoutes(ctx: ToolContext, seller: Seller): Hono {
  const app = new Hono()
  app.post('/v1/chat/completions', limitBody(limitBytes), async (c) => {
    const request = await readChat(c)
    const started = performance.now()
    try {
      const payment = decodePayment((name) => c.req.header(name))
      const sold = await seller.sell(request, payment)
      const answer = await readAnswer(ctx.store, sold.receipt)
      ctx.log.info({ receipt: sold.receipt, ms: Math.round(performance.now() - started) }, 'answer sold')
      const paid = { tx: sold.transaction, payer: sold.payer, amountWei: sold.feeWei, chainId: ctx.chain.chainId }
      const headers = { ...paymentReceiptHeader(paid), 'Tributary-Receipt': sold.receipt }
      return request.stream ? answerStream(answer, headers) : Response.json(answerBody(answer), { headers })
    } catch (failure) {
      const refused = findError(failure)
      if (!refused || !asksForPayment(refused)) throw failure
      const { feeWei } = await quoteFor(request, ctx)
      const requirements = paymentRequirements(ctx.chain, { amountWei: feeWei })
      const { body, headers } = paymentChallenge({ requirements, resourceUrl: c.req.url, error: refused.code })
      return Response.json({ ...body, details: refused.toJSON() }, { status: 402, headers })
    }
  })
  return app
}

/** Refusals after which another payment helps get 402 and the terms again; a payment that was used for something else does not. */
function asksForPayment({ code, retry }: TributaryError): boolean {
  return code.startsWith('payment/') && code !== 'payment/replayed' && code !== 'payment/old-version' && !retry
}

async function readChat(c: Context): Promise<ChatRequest> {
  let body: unknown
  try {
    body = await c.req.json()
  } catch {
    throw badRequest(['(body): not JSON'])
  }
  const parsed = chatRequest.safeParse(body)
  if (parsed.success) return parsed.data
  throw badRequest(parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(body)'}: ${message}`))
}

function badRequest(issues: string[]): TributaryError {
  return new TributaryError('The chat request is not valid.', {
    code: 'gateway/bad-request',
    facts: { issues },
    tryThis: 'see /v1/chat/completions in /openapi.json; a parameter that we do not honour is refused, not ignored',
  })
}
