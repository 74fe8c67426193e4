import { TributaryError } from '../../kernel/index.ts'
import type { PayeeId } from '../../kernel/index.ts'
import { apportion } from './apportion.ts'
import type { PayeeScore } from './ShareRule.ts'

/** Payees who say much the same, in the order in which they committed, and what their removal together did to an answer. */
export type SubstituteGroup = { payees: readonly PayeeId[]; scoreMicroNats: number }

/**
 * Gives near-substitutes what they are worth together. Each alone can be left out without loss, since the other says the same,
 * so by single removal neither is paid.
 *
 *   bonus    = max(0, score of the group - sum of its members' positive scores)
 *   first    : the bonus goes to the member that committed first
 *   together : it is divided by the members' positive scores, in equal parts where nobody has one
 *
 * `first` pays a later source what it adds to the earlier ones, so repeating a rival takes nothing from it; `together` does
 * not ask who was first, so honest sources share, and so does whoever repeats one of them. The default is `first`.
 * Known weakness: groups must be known (datanets' likeness under the filter's threshold, or a dispute); see sampledSemivalue.
 * Cost: one more retraining for each group. Units: micro-nats; exact. Throws attribution/substitutes for a payee in two groups
 * or without a score.
 */
export function substituteTerm(
  scores: readonly PayeeScore[],
  groups: readonly SubstituteGroup[],
  to: 'first' | 'together' = 'first',
): PayeeScore[] {
  const next = new Map(scores.map((score) => [score.payee, score]))
  const seen = new Set<PayeeId>()
  for (const { payees, scoreMicroNats } of groups) {
    for (const payee of payees) {
      if (seen.has(payee) || !next.has(payee)) refuse(payee)
      seen.add(payee)
    }
    const positive = payees.map((payee) => BigInt(Math.max(0, next.get(payee)!.scoreMicroNats)))
    const together = positive.reduce((sum, score) => sum + score, 0n)
    const bonus = BigInt(scoreMicroNats) - together
    if (bonus <= 0n) continue
    const weights =
      to === 'first' ? payees.map((_, i) => (i === 0 ? 1n : 0n)) : together > 0n ? positive : positive.map(() => 1n)
    for (const [i, part] of apportion(bonus, weights).entries()) {
      const score = next.get(payees[i]!)!
      next.set(score.payee, { ...score, scoreMicroNats: score.scoreMicroNats + Number(part) })
    }
  }
  return scores.map(({ payee }) => next.get(payee)!)
}

function refuse(payee: PayeeId): never {
  throw new TributaryError('A payee cannot be in two groups of substitutes, or in one without a score.', {
    code: 'attribution/substitutes',
    facts: { payee },
    tryThis: 'join groups that share a payee, and score every payee of a group',
  })
}
