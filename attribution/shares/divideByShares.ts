import type { Attribution, PayeeId, RevenueRule } from '../../kernel/index.ts'
import { apportion } from './apportion.ts'
import { payeesInOrder } from './payeesInOrder.ts'
import type { ProvenanceShares } from './provenanceRules.ts'
import type { PayeeScore } from './ShareRule.ts'
import { shareRule } from './shareRules.ts'

/** The part of an Attribution that decides shares. */
export type ScoresOfAnswer = {
  payees: readonly PayeeScore[]
  groups: readonly Pick<Attribution['groups'][number], 'scoreMicroNats'>[]
  /** Of an answer that is traced verbatim, in place of scores. Read by divideByProvenance alone. */
  provenance?: ProvenanceShares | undefined
}

/**
 * Divides a whole number of units (wei, ppm) over the payees of one answer and the pool, by the share rule.
 *
 *   parts = apportion(total, weights of the share rule, payees sorted by id, the pool last)
 *   unassigned = positive scores of the groups - positive scores of the payees, at least 0
 *
 * The parts sum to `total`. Ties of a remainder go to the larger weight, then to the smaller id, then to the pool.
 * With no positive score at all everything goes to the pool. Returns payees sorted by id, also those with 0, each with what
 * the rule charges it with, in the same units, rounded down: total · debit / sum of all weights.
 * Throws attribution/duplicate-payee, attribution/unknown-share-rule, attribution/negative.
 */
export function divideByShares(
  total: bigint,
  rule: Pick<RevenueRule, 'shareRule' | 'noiseFloorMicroNats'>,
  scores: ScoresOfAnswer,
): { payees: { payee: PayeeId; part: bigint; charge: bigint }[]; pool: bigint } {
  const payees = payeesInOrder(scores.payees)
  const unassigned = positiveSum(scores.groups) - positiveSum(payees)
  const unassignedMicroNats = unassigned > 0n ? unassigned : 0n
  const { noiseFloorMicroNats } = rule
  const weights = shareRule(rule.shareRule).weigh({ payees, noiseFloorMicroNats, unassignedMicroNats })
  const nobodyEarned = weights.pool === 0n && weights.payees.every((weight) => weight === 0n)
  const parts = apportion(total, [...weights.payees, nobodyEarned ? 1n : weights.pool])
  const all = weights.payees.reduce((sum, weight) => sum + weight, weights.pool)
  const chargeOf = (debit: bigint): bigint => (all === 0n ? 0n : (total * debit) / all)
  return {
    payees: payees.map(({ payee }, i) => ({ payee, part: parts[i]!, charge: chargeOf(weights.debits?.[i] ?? 0n) })),
    pool: parts[payees.length]!,
  }
}

function positiveSum(scores: readonly { scoreMicroNats: number }[]): bigint {
  return scores.reduce((sum, { scoreMicroNats }) => sum + BigInt(Math.max(0, scoreMicroNats)), 0n)
}
