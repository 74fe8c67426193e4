import { TributaryError, type PayeeId, type RevenueRule } from '../../kernel/index.ts'
import { apportion } from './apportion.ts'
import { divideByShares, type ScoresOfAnswer } from './divideByShares.ts'

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

/** The largest amount that a contract can hold: 2^256 - 1 wei. */
export const maxWei = 2n ** 256n - 1n

/**
 * Splits one fee by the revenue rule and the committed scores of its answer.
 *
 *   four parts = apportion(fee, [contributors, model owner, server, treasury] ppm)      (ties in this order)
 *   contributors' part = over payees and pool by the share rule (divideByShares)
 *
 * Pass the Attribution itself as `scores`: the quantised scores are what is paid, so an audit repeats this to the wei.
 * Exact and independent of the order of payees. Cost: one sort. Throws attribution/fee-range outside 0 to 2^256 - 1,
 * attribution/revenue-rule when the parts do not sum to 1,000,000 ppm, and what divideByShares throws.
 */
export function splitFee(feeWei: bigint, rule: RevenueRule, scores: ScoresOfAnswer): FeeSplit {
  if (feeWei < 0n || feeWei > maxWei) {
    throw new TributaryError('A fee is out of range.', {
      code: 'attribution/fee-range',
      facts: { feeWei: feeWei.toString() },
      tryThis: 'fees are whole wei from 0 to 2^256 - 1',
    })
  }
  const ppm = [rule.contributorsPpm, rule.modelOwnerPpm, rule.serverPpm, rule.treasuryPpm]
  const sumPpm = ppm.reduce<number>((a, b) => a + b, 0)
  if (sumPpm !== 1_000_000) {
    throw new TributaryError('The parts of the revenue rule are not the whole fee.', {
      code: 'attribution/revenue-rule',
      facts: { sumPpm, ppm },
      tryThis: 'treasury, server, model owner and contributors must sum to 1,000,000 ppm',
    })
  }
  const [contributorsWei, modelOwnerWei, serverWei, treasuryWei] = apportion(feeWei, ppm.map(BigInt))
  const { payees, pool } = divideByShares(contributorsWei!, rule, scores)
  return {
    treasuryWei: treasuryWei!,
    serverWei: serverWei!,
    modelOwnerWei: modelOwnerWei!,
    payees: payees.flatMap(({ payee, part }) => (part > 0n ? [{ payee, wei: part }] : [])),
    charges: payees.flatMap(({ payee, charge }) => (charge > 0n ? [{ payee, wei: charge }] : [])),
    poolWei: pool,
  }
}
