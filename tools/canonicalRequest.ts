import { canonicalText } from '../kernel/index.ts'
import type { ChatRequest } from './chatRequest.ts'

/** The request in integers, as a receipt commits to it: temperature and top_p in thousandths, transport left out. */
export function canonicalRequest(request: ChatRequest): string {
  const { model, messages, max_tokens, temperature, top_p, seed } = request
  return canonicalText({
    model,
    messages,
    max_tokens,
    temperature_milli: Math.round(temperature * 1000),
    top_p_milli: Math.round(top_p * 1000),
    seed,
  })
}
