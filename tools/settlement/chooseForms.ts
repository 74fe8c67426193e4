import { digestText, type Digest, type RevenueRule } from '../../kernel/index.ts'
import type { AnswerForm } from './scoringReport.ts'

export type AnswerToScore = { receipt: Digest; feeWei: bigint; groups: number; rule: RevenueRule }

/**
 * Which answers of an epoch are scored exactly: those of adapters with few groups, those with a high fee, and of the others
 * the `exactSample` with the smallest sha256(seed | "|" | receipt). `seed` is the hash of a block after the freeze, so nobody
 * could know which. Rules of before this was governed ask for none. Order of the input does not matter.
 */
export function chooseForms(answers: readonly AnswerToScore[], seed: Digest): Map<Digest, AnswerForm> {
  const forms = new Map<Digest, AnswerForm>()
  const others: AnswerToScore[] = []
  for (const answer of answers) {
    const { receipt, feeWei, groups, rule } = answer
    const exact = rule.v !== 1 && (groups <= rule.exactGroups || feeWei >= BigInt(rule.exactFeeWei))
    forms.set(receipt, exact ? 'forward' : 'linear')
    if (!exact) others.push(answer)
  }
  const keyed = others.map(({ receipt, rule }) => ({
    receipt,
    key: digestText(`${seed}|${receipt}`),
    most: rule.v !== 1 ? rule.exactSample : 0,
  }))
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1))
  for (const [place, { receipt, most }] of keyed.entries()) if (place < most) forms.set(receipt, 'forward')
  return forms
}
