import type { Prices } from './context.ts'

/** fee = per answer + per prompt token · prompt tokens + per completion token · max_tokens, in wei. */
export function feeOf(
  { perAnswerWei, perPromptTokenWei, perCompletionTokenWei }: Prices,
  { promptTokens, maxTokens }: { promptTokens: number; maxTokens: number },
): bigint {
  return perAnswerWei + perPromptTokenWei * BigInt(promptTokens) + perCompletionTokenWei * BigInt(maxTokens)
}
