import { TributaryError, type GradientOracle } from '../../../kernel/index.ts'
import type { PathState } from './pathStates.ts'

/** What a step of the unroll needs to know of its batch, along one direction u. B slots. */
export type HessianProduct = {
  /** [P]: H u, with H the Hessian of the weighted batch loss (1/B) sum over b of weight_b · loss_b. */
  product: Float64Array
  /** [B]: u · gradient of the slot's own loss; 0 for an empty slot. */
  along: Float64Array
  /** [B]: v · gradient of the slot's own loss, near the parameters of the step, for any v [P]. */
  project: (v: Float64Array) => Float64Array
  /** [P]: the weighted batch gradient, as these passes saw it. */
  mean: Float64Array
}

/**
 * Curvature along some directions, and the slope of each sample along them, from the same gradients.
 *
 *   central    H u = |u|/(2h) (G(theta + h û) - G(theta - h û))        u · g_b = u · (g_b(theta + h û) + g_b(theta - h û)) / 2
 *   one-sided  H u = s |u|/h (G(theta + s h û) - batchGradient)        u · g_b = u · g_b(theta + s h û) - shift
 *
 * with û = u/|u|, h = 2^-exponent |theta| (of 1 where theta is 0), one-sided a quarter of that, since its error is of the first
 * order: h, not h². G is the weighted batch gradient. One-sided, the side
 * s = (-1)^t alternates from step to step, so that the errors of first order cancel over a run, and `shift` is the mean
 * change of the slopes, which the recorded batch gradient tells exactly. Errors: of the order h², one-sided h.
 *
 * Shapes: `directions` Q of [P]; sums are fp64, in the order of the slots. Cost: two gradients (one-sided one) for each sample of
 * the batch and direction, all in one call of the oracle; a direction of zeros costs none.
 * Throws attribution/shape, attribution/not-finite.
 */
export async function hessianProducts(
  oracle: GradientOracle,
  at: PathState,
  directions: readonly Float64Array[],
  { sided, exponent, weights }: { sided: 1 | 2; exponent: number; weights?: Float32Array | undefined },
): Promise<HessianProduct[]> {
  const slots = [...at.sampleIndexes.entries()].flatMap(([slot, sample]) =>
    sample < 0 ? [] : [{ slot, sample, weight: (weights?.[sample] ?? 1) / at.sampleIndexes.length }],
  )
  const sides = sided === 2 ? [1, -1] : [at.t % 2 === 0 ? 1 : -1]
  const h = 2 ** (sided === 2 ? -exponent : -exponent - 2) * (norm(at.theta) || 1)
  const moving = slots.length === 0 ? [] : directions.filter((u) => norm(u) > 0)
  const thetas = moving.flatMap((u) => sides.map((side) => moved(at.theta, u, (side * h) / norm(u))))
  const rows = thetas.flatMap((_, theta) => slots.map(({ sample }) => ({ sample, theta })))
  const gradients = await ask(oracle, rows, thetas, at)

  return directions.map((u) => {
    const first = moving.indexOf(u) * sides.length * slots.length
    if (first < 0) return nothing(at)
    const seen = sides.map((side, k) => ({
      side,
      own: gradients.slice(first + k * slots.length).slice(0, slots.length),
    }))
    return productOf(u, at, { slots, seen, h })
  })
}

type Slot = { slot: number; sample: number; weight: number }
type Seen = { slots: readonly Slot[]; seen: readonly { side: number; own: readonly Float32Array[] }[]; h: number }

function productOf(u: Float64Array, at: PathState, { slots, seen, h }: Seen): HessianProduct {
  const product = new Float64Array(u.length)
  const mean = new Float64Array(u.length)
  for (const { side, own } of seen) {
    for (const [i, { weight }] of slots.entries()) {
      add(product, own[i]!, side * weight)
      add(mean, own[i]!, weight / seen.length)
    }
  }
  const isCentral = seen.length === 2
  if (!isCentral) add(product, at.batchGradient, -seen[0]!.side)
  const scale = norm(u) / (h * seen.length)
  for (let p = 0; p < product.length; p++) product[p]! *= scale

  const project = (v: Float64Array): Float64Array => {
    const slopes = new Float64Array(at.sampleIndexes.length)
    for (const { own } of seen)
      for (const [i, { slot }] of slots.entries()) slopes[slot]! += dot(v, own[i]!) / seen.length
    return slopes
  }
  const along = project(u)
  // A NaN or an infinity of a gradient reaches its product with u: 0 · Infinity is NaN.
  for (const { slot, sample } of slots) if (!Number.isFinite(along[slot])) refuseNotFinite(at.t, sample)
  if (!isCentral) {
    const weight = slots.reduce((sum, slot) => sum + slot.weight, 0)
    const shift = weight === 0 ? 0 : (dot(u, mean) - dot(u, at.batchGradient)) / weight
    for (const { slot } of slots) along[slot]! -= shift
  }
  return { product, along, project, mean }
}

function nothing({ theta, sampleIndexes, batchGradient }: PathState): HessianProduct {
  const slopes = () => new Float64Array(sampleIndexes.length)
  return {
    product: new Float64Array(theta.length),
    along: slopes(),
    project: slopes,
    mean: Float64Array.from(batchGradient),
  }
}

async function ask(
  oracle: GradientOracle,
  rows: readonly { sample: number; theta: number }[],
  thetas: readonly Float32Array[],
  { t, theta }: PathState,
): Promise<Float32Array[]> {
  if (rows.length === 0) return []
  const found = await oracle.gradients(rows, thetas)
  if (found.length !== rows.length) refuseShape(t, { rows: rows.length, found: found.length })
  for (const { gradient } of found) {
    if (gradient.length !== theta.length) refuseShape(t, { gradient: gradient.length, parameters: theta.length })
  }
  return found.map(({ gradient }) => gradient)
}

function moved(theta: Float32Array, u: Float64Array, by: number): Float32Array {
  return theta.map((x, p) => x + by * u[p]!)
}

function add(sum: Float64Array, gradient: Float32Array, weight: number): void {
  for (let p = 0; p < sum.length; p++) sum[p]! += weight * gradient[p]!
}

function dot(v: Float64Array, gradient: ArrayLike<number>): number {
  let sum = 0
  for (let p = 0; p < v.length; p++) sum += v[p]! * gradient[p]!
  return sum
}

function norm(v: Float64Array | Float32Array): number {
  let squares = 0
  for (let p = 0; p < v.length; p++) squares += v[p]! * v[p]!
  return Math.sqrt(squares)
}

function refuseShape(step: number, facts: Record<string, number>): never {
  throw new TributaryError('The gradients that came back are not the ones that were asked for.', {
    code: 'attribution/shape',
    facts: { step, ...facts },
    tryThis: 'pass an oracle for the samples and the adapter layout of this run',
  })
}

function refuseNotFinite(step: number, sample: number): never {
  throw new TributaryError('A gradient of the run is not finite near its own path.', {
    code: 'attribution/not-finite',
    facts: { step, sample },
    tryThis: 'a diverged run has no attribution: lower its learning rate and train again',
  })
}
