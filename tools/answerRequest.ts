import { TributaryError } from '../kernel/index.ts'
import type { GenerateRequest } from '../models/index.ts'
import type { ChatRequest } from './chatRequest.ts'

type Asked = Pick<GenerateRequest, 'stop' | 'topLogprobs' | 'schema'> & {
  maxTokens: number
  temperature: number
  topP: number
  seed: number
}

/**
 * What a chat request asks of the engine beside its prompt: seller and auditor both ask for this. Temperature and top-p
 * are the thousandths that the receipt commits to. Throws models/request.
 */
export function answerRequest(request: ChatRequest): Asked {
  const { max_tokens: maxTokens, temperature, top_p: topP, seed, stop, logprobs, top_logprobs: top } = request
  if (top !== undefined && logprobs !== true) {
    throw new TributaryError('top_logprobs is asked for without logprobs.', {
      code: 'models/request',
      facts: { topLogprobs: top },
      tryThis: 'send logprobs: true with it',
    })
  }
  const schema = schemaOf(request)
  return {
    maxTokens,
    temperature: Math.round(temperature * 1000) / 1000,
    topP: Math.max(1, Math.round(topP * 1000)) / 1000,
    seed,
    ...(stop === undefined ? {} : { stop }),
    ...(logprobs === true ? { topLogprobs: top ?? 0 } : {}),
    ...(schema === undefined ? {} : { schema: JSON.stringify(schema) }),
  }
}

function schemaOf({ response_format: format }: ChatRequest): object | undefined {
  if (format?.type === 'json_schema') return format.json_schema.schema
  return format?.type === 'json_object' ? { type: 'object' } : undefined
}
