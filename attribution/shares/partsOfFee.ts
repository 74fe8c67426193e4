import { TributaryError, type RevenueRule } from '../../kernel/index.ts'
import { apportion } from './apportion.ts'

/** The four parts of a fee, before the contributors' is divided. They sum to the fee. */
export type FeeParts = { treasuryWei: bigint; serverWei: bigint; modelOwnerWei: bigint; contributorsWei: bigint }

/** The largest amount that a contract can hold: 2^256 - 1 wei. */
export const maxWei = 2n ** 256n - 1n

/**
 * Cuts one fee by the revenue rule.
 *
 *   four parts = apportion(fee, [contributors, model owner, server, treasury] ppm)      (ties in this order)
 *
 * Throws attribution/fee-range outside 0 to 2^256 - 1, attribution/revenue-rule when the parts do not sum to 1,000,000 ppm.
 */
export function partsOfFee(feeWei: bigint, rule: RevenueRule): FeeParts {
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
  return {
    contributorsWei: contributorsWei!,
    modelOwnerWei: modelOwnerWei!,
    serverWei: serverWei!,
    treasuryWei: treasuryWei!,
  }
}
