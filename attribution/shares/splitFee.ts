import type { PayeeId, RevenueRule } from '../../kernel/index.ts'
import { divideByShares, type ScoresOfAnswer } from './divideByShares.ts'
import { partsOfFee } from './partsOfFee.ts'

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
 *   contributors' part = over payees and pool by the share rule (divideByShares)
 *
 * Pass the Attribution itself as `scores`: the quantised scores are what is paid, so an audit repeats this to the wei.
 * Exact and independent of the order of payees. Cost: one sort. Throws what partsOfFee and divideByShares throw.
 */
export function splitFee(feeWei: bigint, rule: RevenueRule, scores: ScoresOfAnswer): FeeSplit {
  const { contributorsWei, ...parts } = partsOfFee(feeWei, rule)
  const { payees, pool } = divideByShares(contributorsWei, rule, scores)
  return {
    ...parts,
    payees: payees.flatMap(({ payee, part }) => (part > 0n ? [{ payee, wei: part }] : [])),
    charges: payees.flatMap(({ payee, charge }) => (charge > 0n ? [{ payee, wei: charge }] : [])),
    poolWei: pool,
  }
}
