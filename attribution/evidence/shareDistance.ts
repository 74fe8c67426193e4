import { TributaryError } from '../../kernel/index.ts'

/**
 * The part of the money that two ways of sharing it pay to different names.
 *
 *   distance = 1/2 · sum over payees of |a/sum(a) - b/sum(b)|      0: the same; 1: nobody in common
 *
 * Both [n], none negative; a side that pays nobody differs wholly from one that pays somebody, and not from another one.
 * Throws attribution/shape.
 */
export function shareDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  if (left.length !== right.length || [...left, ...right].some((share) => !(share >= 0 && share < Infinity))) {
    throw new TributaryError('Shares can be compared when both sides name the same payees.', {
      code: 'attribution/shape',
      facts: { left: left.length, right: right.length },
      tryThis: 'give a share of 0 or more for each payee on both sides',
    })
  }
  const [sumLeft, sumRight] = [sumOf(left), sumOf(right)]
  if (sumLeft === 0 || sumRight === 0) return sumLeft === sumRight ? 0 : 1
  return sumOf(left.map((share, i) => Math.abs(share / sumLeft - right[i]! / sumRight))) / 2
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
