import { TributaryError, type Digest } from '../kernel/index.ts'
import { checkSchema } from '../models/index.ts'
import { answerRequest } from './answerRequest.ts'
import { feeOf } from './feeOf.ts'
import { resolveModel } from './resolveModel.ts'
import type { ChatRequest } from './chatRequest.ts'
import type { ToolContext } from './context.ts'

export type Quoted = {
  /** What is asked of the engine beside the prompt. */
  asked: ReturnType<typeof answerRequest>
  model: string
  adapter: Digest
  promptIds: number[]
  maxTokens: number
  feeWei: bigint
}

/**
 * The price of one answer, a pure function of request, tokenizer and price list:
 *
 *   fee = per answer + per prompt token · prompt tokens + per completion token · max_tokens
 *
 * `max_tokens` is paid for whether or not the model stops early (x402 `exact` has one amount).
 * Throws models/unknown-model, models/context-length, models/request, models/schema-unsupported.
 */
export async function quoteFor(
  request: ChatRequest,
  ctx: Pick<ToolContext, 'answers' | 'engine' | 'prices' | 'store'>,
): Promise<Quoted> {
  const adapter = await resolveModel(ctx.store, request.model)
  const { tokenizer } = ctx.engine.base
  const promptIds = tokenizer.encodeChat(request.messages, { addGenerationPrompt: true })
  const asked = answerRequest(request)
  const { maxTokens, schema } = asked
  if (schema !== undefined) checkSchema(JSON.parse(schema))
  const room = ctx.answers.contextTokens - promptIds.length
  if (maxTokens > room) {
    throw new TributaryError('Prompt and answer together are longer than the context of the model.', {
      code: 'models/context-length',
      facts: { promptTokens: promptIds.length, maxTokens, contextTokens: ctx.answers.contextTokens },
      tryThis: 'shorten the prompt or lower max_tokens',
    })
  }
  const feeWei = feeOf(ctx.prices, { promptTokens: promptIds.length, maxTokens })
  return { model: request.model, adapter, promptIds, maxTokens, asked, feeWei }
}
