import { TributaryError, type TrainingPath } from '../../../kernel/index.ts'
import type { Adjoint } from './throughOptimiser.ts'

/**
 * How curvature is measured: `central`, by gradients on both sides of the parameters at every step, two passes over the batch
 * and an error of the second order in the step size; or `mixed`, so in the first quarter of the run alone, where rates are
 * high, adjoints large and errors weigh most, and one-sided after it, one pass beside the recorded batch gradient.
 */
export type Difference = 'central' | 'mixed'

/**
 * An exact unroll on its way back through a run: all that it needs to go on. Adjoints and scores are fp64: three arrays of P
 * numbers a query are small beside the run, and then finite differences are the only error that is worth a bound.
 */
export type UnrollState = {
  readonly difference: Difference
  /** T of the run. */
  readonly steps: number
  /** The adjoints stand before this step: T at the start, 0 when all is done. */
  step: number
  /** Finite differences step by 2^-exponent of the length of theta, one-sided by a quarter of it. Chosen at probes. */
  exponent: number
  /** One for each query. */
  readonly adjoints: Adjoint[]
  /** [N] for each query, nats: of the steps walked back so far. */
  readonly scores: Float64Array[]
}

/** Where the first probe begins to look: about a thousandth. Measured on real models, 9 to 11 are best. */
const firstExponent = 10

/**
 * The adjoint at the end of a run. `queries`: gradient [P] of each answer's loss (nats) at the run's final parameters.
 * Memory: 24·P + 8·N bytes a query. Throws attribution/shape, attribution/not-finite.
 */
export function startUnroll(
  { steps, samples, parameters }: Pick<TrainingPath, 'steps' | 'samples' | 'parameters'>,
  queries: readonly Float32Array[],
  { difference = 'central' }: { difference?: Difference } = {},
): UnrollState {
  for (const [query, gradient] of queries.entries()) {
    if (gradient.length !== parameters) {
      throw new TributaryError('The gradient of an answer is not as long as the adapter of this run.', {
        code: 'attribution/shape',
        facts: { query, gradient: gradient.length, parameters },
        tryThis: 'unroll the run whose adapter gave the answer',
      })
    }
    if (!gradient.every(Number.isFinite)) {
      throw new TributaryError('The gradient of an answer is not finite.', {
        code: 'attribution/not-finite',
        facts: { query },
        tryThis: 'check the adapter and the answer: a diverged run has no attribution',
      })
    }
  }
  return {
    difference,
    steps,
    step: steps,
    exponent: firstExponent,
    adjoints: queries.map((gradient) => ({
      theta: Float64Array.from(gradient),
      first: new Float64Array(parameters),
      second: new Float64Array(parameters),
    })),
    scores: queries.map(() => new Float64Array(samples)),
  }
}
