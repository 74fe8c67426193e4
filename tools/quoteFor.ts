import { TributaryError, type Digest } from '../kernel/index.ts'
import { checkSchema } from '../models/index.ts'
import { answerRequest } from './answerRequest.ts'
import { feeOf } from './feeOf.ts'
import { resolveModel } from './resolveModel.ts'
import type { ChatRequest } from './chatRequest.ts'
import { canonicalRequest } from './canonicalRequest.ts'
import type { Prices, ToolContext } from './context.ts'
import { pricesOf, upstreamOf } from './upstream/upstreamOf.ts'
import { readQuote } from './pricing/quoteId.ts'

export type Quoted = {
  /** What is asked of the engine beside the prompt. */
  asked: ReturnType<typeof answerRequest>
  model: string
  adapter: Digest
  promptIds: number[]
  maxTokens: number
  feeWei: bigint
  /** By which it was quoted. */
  prices: Prices
}

/**
 * The price of one answer, a pure function of request, tokenizer and price list:
 *
 *   fee = platform + ceil((Tin · Rin + max_tokens · Rout) / 1,000)
 *
 * `exact` pays for `max_tokens` whether or not the model stops early; the other schemes for what was made, at most this. A
 * quote that was given before holds until it expires, whatever the prices are now.
 * Throws payment/quote-unknown, payment/quote-expired, models/unknown-model, models/context-length, models/request, models/schema-unsupported.
 */
export async function quoteFor(
  request: ChatRequest,
  ctx: Pick<ToolContext, 'answers' | 'blobs' | 'engine' | 'prices' | 'store' | 'keys' | 'chain' | 'now'>,
  quote?: string,
): Promise<Quoted> {
  const adapter = await resolveModel(ctx.store, request.model)
  const { tokenizer } = ctx.engine.base
  const promptIds = tokenizer.encodeChat(request.messages, { addGenerationPrompt: true })
  const asked = answerRequest(request)
  const { maxTokens, schema } = asked
  if (schema !== undefined) checkSchema(JSON.parse(schema))
  const resold = await upstreamOf(ctx, adapter)
  const contextTokens = resold?.contextTokens ?? ctx.answers.contextTokens
  const room = contextTokens - promptIds.length
  if (maxTokens > room) {
    throw new TributaryError('Prompt and answer together are longer than the context of the model.', {
      code: 'models/context-length',
      facts: { promptTokens: promptIds.length, maxTokens, contextTokens },
      tryThis: 'shorten the prompt or lower max_tokens',
    })
  }
  const what = { request: canonicalRequest(request), adapter }
  const now = resold === undefined ? ctx.prices : pricesOf(resold)
  const prices = quote === undefined ? now : readQuote(ctx, what, { id: quote, now: ctx.now() })
  const feeWei = feeOf(prices, { promptTokens: promptIds.length, maxTokens })
  return { model: request.model, adapter, promptIds, maxTokens, asked, feeWei, prices }
}
