import { TributaryError } from '../../kernel/index.ts'

/**
 * Divides a whole number of units by weights, exactly (largest remainder, Hamilton's method).
 *
 *   part[i] = floor(total · weight[i] / sum of weights), and 1 more for the largest remainders until nothing is left
 *
 * Ties: of equal remainders the larger weight comes first, then the one that stands first; so a caller that sorts its
 * items gets a result that does not depend on the order in which they arrived.
 * The parts sum to `total`; weight 0 gets 0; equal weights differ by at most 1; a larger weight never gets less; and one
 * weight that grows alone never loses.
 * Units: of `total`. Cost: n divisions and a sort. Source: Balinski and Young, Fair Representation, ch. 3.
 * Throws attribution/negative, attribution/no-weight when all weights are 0 and there is something to divide.
 */
export function apportion(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n)
  if (total < 0n || weights.some((weight) => weight < 0n)) refuse('negative', total, weights.length)
  if (sum === 0n) {
    if (total > 0n) refuse('no-weight', total, weights.length)
    return weights.map(() => 0n)
  }
  const parts = weights.map((weight) => (total * weight) / sum)
  const left = Number(total - parts.reduce((a, b) => a + b, 0n))
  const order = weights.map((weight, i) => ({ i, weight, remainder: (total * weight) % sum }))
  order.sort((a, b) => descending(a.remainder, b.remainder) || descending(a.weight, b.weight) || a.i - b.i)
  for (const { i } of order.slice(0, left)) parts[i]! += 1n
  return parts
}

function descending(a: bigint, b: bigint): number {
  return a > b ? -1 : a < b ? 1 : 0
}

function refuse(what: 'negative' | 'no-weight', total: bigint, weights: number): never {
  throw new TributaryError('This amount cannot be divided by these weights.', {
    code: `attribution/${what}`,
    facts: { total: total.toString(), weights },
    tryThis: 'amounts and weights are 0 or more; send what nobody has earned to the pool',
  })
}
