/** What is known of the state that all others are compared with; row-major, one row a slot of labels. */
export type Reference = {
  /** [slots, vocabulary], probabilities. */
  p: Float32Array
  /** [slots, hidden], the mean row of the head under p. */
  mean: Float32Array
  /** [slots, hidden], the head's row of the label. */
  label: Float32Array
  slots: number
}

/** head[id] · moved[row] for n tokens and k rows [k, hidden]: [n, k]. */
export type Changes = (ids: BigInt64Array, moved: Float32Array) => Promise<Float32Array>

/** Steps of probability that are tried in turn; 0 is the whole vocabulary. */
const steps: readonly number[] = [1e-5, 1e-6, 1e-7, 0]
/** Standard error of a mean rise, in nats, over which a row is computed again: a score is kept in whole micro-nats. */
const tolerated = 1e-6
/** Rows of a product are filled up to a multiple of so many, so that its kernel is the same for 1 and for 64. */
const rowStep = 16

/**
 * How far the loss of each label of an answer rises when the states that predict them move, without running the whole
 * vocabulary for each move:
 *
 *   rise = log Σ_v p_v exp(u_v) - u_label       u_v = head_v · moved, p at the reference
 *        = log(1 + mean · moved + Σ_v p_v φ(u_v)) - label · moved       φ(u) = exp(u) - 1 - u,   mean = Σ_v p_v head_v
 *
 * The first order is exact, for all tokens. In the sum a token of probability `step` or more counts by itself; of the others
 * one stands for each `step` of their mass (standIns). The standard error of that is estimated for each row, and a row over
 * a micro-nat is computed again with a smaller step, at last with the whole vocabulary. So what a row gets depends on the
 * reference and on itself alone.
 *
 * Shapes: `states` the reference and k others, each [slots, hidden], after the last norm; `labels` of them count; returns
 * [k, labels], nats. Cost a row and label: about 2,000 products of the hidden size where a row moves little, instead of the
 * vocabulary. Sums are in fp64.
 */
export async function lossRises(
  { p, mean, label, slots }: Reference,
  { states, labels }: { states: readonly Float32Array[]; labels: number },
  changesOf: Changes,
): Promise<Float64Array> {
  const [hidden, vocabulary] = [states[0]!.length / slots, p.length / slots]
  const rises = new Float64Array((states.length - 1) * labels)
  let open = Array.from({ length: states.length - 1 }, (_, k) => k)
  for (const step of steps) {
    const variances = new Float64Array(open.length)
    for (let j = 0; j < labels; j++) {
      const at = j * hidden
      const moved = movedRows(open, states, at, hidden)
      const tokens = standIns(p.subarray(j * vocabulary, (j + 1) * vocabulary), step)
      const bends = secondOrder(tokens, await changesOf(tokens.ids, moved), moved.length / hidden)
      for (const [i, k] of open.entries()) {
        const rise = dot(mean, at, moved, i * hidden, hidden) + bends.sums[i]!
        rises[k * labels + j] = Math.log1p(rise) - dot(label, at, moved, i * hidden, hidden)
        variances[i]! += bends.variances[i]! / (1 + rise) ** 2
      }
    }
    open = open.filter((_, i) => !(Math.sqrt(variances[i]!) / labels <= tolerated))
    if (open.length === 0) break
  }
  return rises
}

export type StandIns = { ids: BigInt64Array; weights: Float64Array; step: number }

/**
 * Tokens that stand for all: those of probability `step` or more for themselves, of the others one for each `step` of
 * their mass, in the order of ids. With step 0 all tokens.
 */
export function standIns(p: Float32Array, step: number): StandIns {
  const ids: bigint[] = []
  const weights: number[] = []
  let mass = step / 2
  for (let v = 0; v < p.length; v++) {
    const own = p[v]!
    if (own >= step) {
      ids.push(BigInt(v))
      weights.push(own)
    } else if ((mass += own) >= step) {
      mass -= step
      ids.push(BigInt(v))
      weights.push(step)
    }
  }
  return { ids: BigInt64Array.from(ids), weights: Float64Array.from(weights), step }
}

/** Σ weight φ(change) of each of k rows, and the variance of what stands for others; `changes` [n, k]. */
export function secondOrder(
  { weights, step }: StandIns,
  changes: Float32Array,
  k: number,
): { sums: Float64Array; variances: Float64Array } {
  const sums = new Float64Array(k)
  const variances = new Float64Array(k)
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!
    const standsForOthers = weight === step
    for (let c = 0, at = i * k; c < k; c++, at++) {
      const term = weight * bend(changes[at]!)
      sums[c]! += term
      if (standsForOthers) variances[c]! += term * term
    }
  }
  return { sums, variances }
}

/** exp(u) - 1 - u, to 1e-7 of itself: a series where the difference would cancel. */
function bend(u: number): number {
  if (!(u <= 0.5 && u >= -0.5)) return Math.exp(u) - 1 - u
  const tail = 1 / 120 + u * (1 / 720 + u * (1 / 5_040 + u * (1 / 40_320 + u / 362_880)))
  return u * u * (1 / 2 + u * (1 / 6 + u * (1 / 24 + u * tail)))
}

/** [rows, hidden], zeros after the last: how far some states lie from the first, at one label. */
function movedRows(open: number[], states: readonly Float32Array[], at: number, hidden: number): Float32Array {
  const moved = new Float32Array(Math.ceil(open.length / rowStep) * rowStep * hidden)
  for (const [i, k] of open.entries()) {
    for (let x = 0; x < hidden; x++) moved[i * hidden + x] = states[k + 1]![at + x]! - states[0]![at + x]!
  }
  return moved
}

function dot(a: Float32Array, atA: number, b: Float32Array, atB: number, length: number): number {
  let sum = 0
  for (let x = 0; x < length; x++) sum += a[atA + x]! * b[atB + x]!
  return sum
}
