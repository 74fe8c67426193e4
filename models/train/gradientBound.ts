import type { Recipe } from './recipe.ts'

/** Until so many norms are known, only what is no number, or beyond all reason, is out of bounds. */
const fewestNorms = 16

/** In millionths. A healthy gradient of a mean loss is below 100; beyond this no median is needed. */
const beyondReason = 10_000 * 1e6

/**
 * The norm over which the gradient of a sample is out of bounds, in millionths:
 *
 *   bound = timesMedian · median(the last `window` norms of healthy samples, and those of this step)
 *
 * The step itself counts, so that the bound holds from the first steps on; a median does not move for the few that it is to
 * find. A function of the run's past alone: the same run gives the same verdicts, after a kill too.
 */
export function gradientBound(
  { timesMedian }: Pick<Recipe['poison'], 'timesMedian'>,
  past: readonly number[],
  now: readonly number[],
): number {
  const norms = [...past, ...now].filter(Number.isFinite)
  if (norms.length < fewestNorms) return beyondReason
  norms.sort((a, b) => a - b)
  const median = norms[Math.floor((norms.length - 1) / 2)]!
  return median === 0 ? beyondReason : Math.min(beyondReason, timesMedian * median)
}

/** Euclidean length of a gradient in whole millionths; Infinity where the loss or a number of it is none. */
export function gradientNorm({ lossNats, gradient }: { lossNats: number; gradient: Float32Array }): number {
  let squares = 0
  for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!
  const norm = Math.round(1e6 * Math.sqrt(squares))
  return Number.isFinite(lossNats) && Number.isFinite(norm) ? norm : Infinity
}
