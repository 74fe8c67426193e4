import type { PayeeId, RevenueRule } from '../../kernel/index.ts'
import { divideByProvenance } from './divideByProvenance.ts'
import { divideByShares, type ScoresOfAnswer } from './divideByShares.ts'
import { partsOfFee } from './partsOfFee.ts'
import { provenanceRuleOf } from './provenanceRules.ts'

/**
 * One fee, cut to the wei. `payees` are those who are credited with something, sorted by id. All parts sum to the fee.
 * Under a rule with accounts `charges` are set against the credits of the epoch by settleAccounts: they are no part of the fee.
 */
export type FeeSplit = {
  treasuryWei: bigint
  serverWei: bigint
  modelOwnerWei: bigint
  payees: { payee: PayeeId; wei: bigint }[]
  charges: { payee: PayeeId; wei: bigint }[]
  poolWei: bigint
}

/**
 * Splits one fee by the revenue rule and the committed scores of its answer.
 *
 *   four parts = partsOfFee
 *   contributors' part = over payees and pool by the share rule (divideByShares), or, of an answer that is traced verbatim and
 *                        under a rule that pays by provenance, by its provenance rule (divideByProvenance); never by both
 *
 * Pass the Attribution itself as `scores`: the quantised scores are what is paid, so an audit repeats this to the wei.
 * Exact and independent of the order of payees. Cost: one sort. Throws what partsOfFee, divideByShares and divideByProvenance throw.
 */
export function splitFee(feeWei: bigint, rule: RevenueRule, scores: ScoresOfAnswer): FeeSplit {
  const { contributorsWei, ...parts } = partsOfFee(feeWei, rule)
  const { provenance } = scores
  const byProvenance = provenance && provenanceRuleOf(rule)
  const { payees, pool } = byProvenance
    ? divideByProvenance(contributorsWei, byProvenance, { ...scores, provenance })
    : divideByShares(contributorsWei, rule, scores)
  return {
    ...parts,
    payees: payees.flatMap(({ payee, part }) => (part > 0n ? [{ payee, wei: part }] : [])),
    charges: payees.flatMap(({ payee, charge }) => (charge > 0n ? [{ payee, wei: charge }] : [])),
    poolWei: pool,
  }
}
