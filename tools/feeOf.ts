import type { Prices } from './context.ts'

/**
 * The price of an answer, as OpenLedger publishes it, in whole wei and never a wei more than the formula rounded up:
 *
 *   fee = platform + ceil((Tin · Rin + Tout · Rout) / 1,000)
 *
 * Tin tokens of the prompt, Tout tokens of the answer: those that are allowed for a quote, those that were made for a charge.
 */
export function feeOf(
  { platformWei, inputWeiPer1000, outputWeiPer1000 }: Prices,
  { promptTokens, maxTokens }: { promptTokens: number; maxTokens: number },
): bigint {
  const tokensWei = inputWeiPer1000 * BigInt(promptTokens) + outputWeiPer1000 * BigInt(maxTokens)
  return platformWei + (tokensWei + 999n) / 1_000n
}
