import { TributaryError, type Attribution, type RevenueRule } from '../../kernel/index.ts'

/** The part of an Attribution that says whose words an answer repeats. */
export type ProvenanceShares = Pick<NonNullable<Attribution['provenance']>, 'payees' | 'unexplainedPpm'>

/**
 * How the shares of a verbatim trace become weights, 0 or more: one for each payee in order, and the pool's. The id stands in revenue
 * rules, which are on chain; a changed formula is a new id. Pays for words that are repeated, not for what a model learned.
 */
export type ProvenanceRule = {
  id: string
  weigh(shares: ProvenanceShares): { payees: bigint[]; pool: bigint }
}

/** Each payee by its share in ppm, the pool by what no Datanet explains. */
const verbatimProvenance: ProvenanceRule = {
  id: 'verbatim-provenance/1',
  weigh: ({ payees, unexplainedPpm }) => ({
    payees: payees.map(({ sharePpm }) => BigInt(sharePpm)),
    pool: BigInt(unexplainedPpm),
  }),
}

export const provenanceRules: ReadonlyMap<string, ProvenanceRule> = new Map([
  [verbatimProvenance.id, verbatimProvenance],
])

/**
 * The rule by which a revenue rule divides the contributors' part of answers that are traced verbatim; undefined where it has
 * none, as all do that do not ask for it: their pool gets it. Throws attribution/unknown-provenance-rule.
 */
export function provenanceRuleOf(rule: RevenueRule): ProvenanceRule | undefined {
  if (rule.v !== 4) return undefined
  const found = provenanceRules.get(rule.provenanceRule)
  if (found) return found
  throw new TributaryError(`Nobody here knows the provenance rule ${rule.provenanceRule}.`, {
    code: 'attribution/unknown-provenance-rule',
    facts: { id: rule.provenanceRule, known: [...provenanceRules.keys()] },
    tryThis: 'use a release that knows the rule, or a revenue rule with one that is known',
  })
}
