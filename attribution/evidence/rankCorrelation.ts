import { TributaryError } from '../../kernel/index.ts'
import { orderOf, ranksOf } from './ranksOf.ts'

/**
 * Spearman's rank correlation: Pearson's correlation of mid-ranks, so that ties are no order.
 *
 * Shapes: both [n]; returns -1 to 1. Where one side is constant it tells nothing, and the correlation is 0.
 * Cost: two sorts. Throws attribution/shape, attribution/not-finite.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return correlationOfRanks(rankable(a, b), new Int32Array(a.length).fill(1))
}

/** Two sides with their orders, which resampling does not change. */
export type RankPair = { a: Float64Array; b: Float64Array; orderA: Int32Array; orderB: Int32Array }

export function rankable(left: ArrayLike<number>, right: ArrayLike<number>): RankPair {
  const [a, b] = [Float64Array.from(left), Float64Array.from(right)]
  if (a.length !== b.length || a.length < 2) {
    refuse('shape', { left: a.length, right: b.length }, 'give as many values on both sides, at least two')
  }
  const at = a.findIndex((value, i) => !Number.isFinite(value) || !Number.isFinite(b[i]!))
  if (at >= 0) refuse('not-finite', { at, left: String(a[at]), right: String(b[at]) }, 'a diverged run has no evidence')
  return { a, b, orderA: orderOf(a), orderB: orderOf(b) }
}

/** The rank correlation of a sample in which item i stands `counts[i]` times. Cost: n, without a sort. */
export function correlationOfRanks({ a, b, orderA, orderB }: RankPair, counts: Int32Array): number {
  const ranksA = ranksOf(a, orderA, counts)
  const ranksB = ranksOf(b, orderB, counts)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const middle = (total + 1) / 2
  let [ab, aa, bb] = [0, 0, 0]
  for (const [i, count] of counts.entries()) {
    const [x, y] = [ranksA[i]! - middle, ranksB[i]! - middle]
    ab += count * x * y
    aa += count * x * x
    bb += count * y * y
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb)
}

function refuse(what: 'shape' | 'not-finite', facts: Record<string, string | number>, tryThis: string): never {
  throw new TributaryError('These values cannot be ranked against each other.', {
    code: `attribution/${what}`,
    facts,
    tryThis,
  })
}
