import type { Sample } from '../../kernel/index.ts'
import type { EncodedRow, Recipe } from '../../models/index.ts'
import type { ToolContext } from '../context.ts'

export type TokenCounts = {
  tokens: number
  labels: number
  paddingPpm: number
  promptsCut: number
  answersCut: number
}

/** Tokens that a run learns from, and what the recipe's lengths cut off. */
export function tokenCounts(
  { engine }: Pick<ToolContext, 'engine'>,
  samples: readonly Sample[],
  rows: readonly EncodedRow[],
  { maxLength, maxLabels }: Pick<Recipe, 'maxLength' | 'maxLabels'>,
): TokenCounts {
  const { tokenizer } = engine.base
  const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0)
  const tokens = sum(rows.map(({ ids }) => ids.length))
  const padded = sum(rows.map(({ paddedLength }) => paddedLength))
  const cut = (row: EncodedRow, sample: Sample): boolean => {
    if (row.ids.length < maxLength) return false
    const whole = tokenizer.encodeChat([{ role: 'user', content: sample.prompt }], { addGenerationPrompt: true })
    return whole.length > row.ids.length - row.labels.length + 1
  }
  return {
    tokens,
    labels: sum(rows.map(({ labels }) => labels.length)),
    paddingPpm: Math.round((1e6 * (padded - tokens)) / padded),
    promptsCut: rows.filter((row, i) => cut(row, samples[i]!)).length,
    answersCut: rows.filter(({ labels }) => labels.length === maxLabels && labels.at(-1) !== tokenizer.eos).length,
  }
}
