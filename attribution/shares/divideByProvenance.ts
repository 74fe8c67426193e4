import { TributaryError, type PayeeId } from '../../kernel/index.ts'
import { apportion } from './apportion.ts'
import type { ScoresOfAnswer } from './divideByShares.ts'
import { payeesInOrder } from './payeesInOrder.ts'
import type { ProvenanceRule, ProvenanceShares } from './provenanceRules.ts'

/**
 * Divides a whole number of units (wei) over the payees whose words an answer repeats, and the pool.
 *
 *   parts = apportion(total, weights of the provenance rule, payees sorted by id, the pool last)
 *
 * The parts sum to `total`. Ties of a remainder go to the larger weight, then to the smaller id, then to the pool. Nobody is
 * charged: provenance has no losses. Pure. Cost: one sort.
 * Throws attribution/mixed-evidence for a record with scores of influence, attribution/wrong-provenance where shares and what is
 * unexplained are not 1,000,000, attribution/duplicate-payee.
 */
export function divideByProvenance(
  total: bigint,
  rule: ProvenanceRule,
  { payees: scored, groups, provenance }: ScoresOfAnswer & { provenance: ProvenanceShares },
): { payees: { payee: PayeeId; part: bigint; charge: bigint }[]; pool: bigint } {
  if (scored.length > 0 || groups.length > 0) {
    throw new TributaryError('This record has scores of influence beside a verbatim trace: no rule pays by both.', {
      code: 'attribution/mixed-evidence',
      facts: { scored: scored.length, groups: groups.length, traced: provenance.payees.length },
      tryThis: 'score or trace an answer, not both: its method says which',
    })
  }
  const payees = payeesInOrder(provenance.payees)
  const { unexplainedPpm } = provenance
  const sumPpm = payees.reduce((sum, { sharePpm }) => sum + sharePpm, unexplainedPpm as number)
  if (sumPpm !== 1_000_000) {
    throw new TributaryError('The shares of this trace and what it leaves unexplained are not the whole.', {
      code: 'attribution/wrong-provenance',
      facts: { sumPpm, unexplainedPpm },
      tryThis: 'trace the answer again: tributary audit tells whether the stored trace is the computed one',
    })
  }
  const weights = rule.weigh({ payees, unexplainedPpm })
  const parts = apportion(total, [...weights.payees, weights.pool])
  return { payees: payees.map(({ payee }, i) => ({ payee, part: parts[i]!, charge: 0n })), pool: parts[payees.length]! }
}
