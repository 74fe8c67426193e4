import type { Attribution, PayeeId, Ppm, RevenueRule } from '../../kernel/index.ts'
import { provenanceRuleOf } from './provenanceRules.ts'

/** By which evidence an answer's contributors are paid, and the shares that it names. */
export type PaidShares = { evidence: 'influence' | 'provenance'; payees: { payee: PayeeId; sharePpm: Ppm }[] }

/**
 * What the contributors' part of an answer goes by: scores of influence, or, under a rule that pays by it, the verbatim trace.
 * Never both. Throws attribution/unknown-provenance-rule.
 */
export function paidShares(rule: RevenueRule, { payees, provenance }: Attribution): PaidShares {
  const byProvenance = provenance !== undefined && provenanceRuleOf(rule) !== undefined
  return byProvenance ? { evidence: 'provenance', payees: provenance.payees } : { evidence: 'influence', payees }
}
