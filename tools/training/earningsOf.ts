import { toWeiString, type Sample, type WeiString } from '../../kernel/index.ts'
import { feeOf } from '../feeOf.ts'
import type { ToolContext } from '../context.ts'

const answers = 1_000
/** What `tributary ask` asks for unless told otherwise. */
const completionTokens = 64

export type Earnings = {
  answers: number
  promptTokens: number
  completionTokens: number
  feesWei: WeiString
  contributorsWei: WeiString
  perPayeeWei: WeiString
}

/**
 * What 1,000 answers would bring the samples' owners at today's prices and by today's revenue rule:
 *
 *   1,000 · fee(mean prompt of the held-out texts, 64 tokens) · contributors' part
 *
 * Rounded down to the wei. The mean over payees is no promise to anybody: shares follow influence on each answer.
 */
export function earningsOf(
  { engine, prices, governed }: Pick<ToolContext, 'engine' | 'prices' | 'governed'>,
  questions: readonly Sample[],
  payees: number,
): Earnings {
  const lengths = questions.map(
    ({ prompt }) =>
      engine.base.tokenizer.encodeChat([{ role: 'user', content: prompt }], { addGenerationPrompt: true }).length,
  )
  const promptTokens = Math.round(lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length))
  const feesWei = BigInt(answers) * feeOf(prices, { promptTokens, maxTokens: completionTokens })
  const contributorsWei = (feesWei * BigInt(governed.rule().contributorsPpm)) / 1_000_000n
  return {
    answers,
    promptTokens,
    completionTokens,
    feesWei: toWeiString(feesWei),
    contributorsWei: toWeiString(contributorsWei),
    perPayeeWei: toWeiString(contributorsWei / BigInt(Math.max(1, payees))),
  }
}
