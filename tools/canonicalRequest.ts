import { canonicalText } from '../kernel/index.ts'
import { answerRequest } from './answerRequest.ts'
import { chatRequest, type ChatRequest } from './chatRequest.ts'

/**
 * The request in integers, as a receipt commits to it: temperature and top_p in thousandths, transport left out. What is
 * not asked for is not there, so a request of before a field was known keeps its digest.
 */
export function canonicalRequest(request: ChatRequest): string {
  const { model, messages, max_tokens, seed } = request
  const { temperature, topP, stop, topLogprobs, schema } = answerRequest(request)
  return canonicalText({
    model,
    messages,
    max_tokens,
    temperature_milli: Math.round(temperature * 1000),
    top_p_milli: Math.round(topP * 1000),
    seed,
    ...(stop === undefined ? {} : { stop }),
    ...(topLogprobs === undefined ? {} : { top_logprobs: topLogprobs }),
    // As text: the order of its properties is that of the answer, and its numbers need not be integers.
    ...(schema === undefined ? {} : { schema }),
  })
}

type Canonical = Pick<ChatRequest, 'model' | 'messages' | 'max_tokens' | 'seed' | 'stop' | 'top_logprobs'> & {
  temperature_milli: number
  top_p_milli: number
  schema?: string
}

/** The request behind a canonical text: whoever reads a receipt asks again for the same answer. */
export function readCanonicalRequest(text: string): ChatRequest {
  const { temperature_milli, top_p_milli, top_logprobs, schema, ...same } = JSON.parse(text) as Canonical
  return chatRequest.parse({
    ...same,
    temperature: temperature_milli / 1000,
    top_p: top_p_milli / 1000,
    ...(top_logprobs === undefined ? {} : { logprobs: true, top_logprobs }),
    ...(schema === undefined
      ? {}
      : { response_format: { type: 'json_schema', json_schema: { schema: JSON.parse(schema) as unknown } } }),
  })
}
