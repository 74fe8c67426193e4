import { optimiserStep, TributaryError, type TrainingPath } from '../../kernel/index.ts'
import type { Engine } from '../engine/Engine.ts'
import { addGradient } from './addGradient.ts'
import { gradientOracle } from './gradientOracle.ts'
import { refuseInsane } from './refuseInsane.ts'
import type { Run } from './prepareRun.ts'
import { learningRate, optimiserOf } from './recipe.ts'
import type { SkippedSample } from './trainingPlan.ts'
import { initialState } from './trainingState.ts'

export type RetrainOptions = {
  /** Steps to train: those of the published checkpoint; all of the run's unless given. The rates stay those of the whole run. */
  steps?: number
  /** What the main adapter's run skipped: left out here too, from the same step on. */
  skipped?: readonly SkippedSample[]
  /** Keeps the path of each training, for an unroll of it: 4·P bytes a step. */
  path?: boolean
  /** Training waits for it. */
  onStep?: (done: { step: number; steps: number }) => void | Promise<void>
  signal?: AbortSignal
}

/**
 * Trains a run again from its start, once for each vector of sample weights, all of them step by step together.
 *
 *   batchGradient[k] = (1/B) sum over the batch of weights[k][i] · gradient(i, theta[k])
 *
 * with the run's order, rates and divisor B, whatever the weights are: with weight 0 for a group and 1 for the others it is
 * the counterfactual adapter of that group to the bit. Samples of weight 0 are not computed.
 * Shapes: `weights` K of [N]; returns K thetas of [P], in order. Memory: 12·K·P bytes, and 4·P for each row of a step.
 * Nothing is written: whoever trains for long cuts the list. Throws models/weights, models/diverged, models/cancelled.
 */
export async function retrain(
  engine: Engine,
  run: Run,
  weights: readonly Float32Array[],
  { steps = run.steps, skipped = [], path = false, onStep, signal }: RetrainOptions = {},
): Promise<{ thetas: Float32Array[]; paths: TrainingPath[] }> {
  const { recipe, samples } = run.plan
  checkWeights(weights, samples.length)
  const { thetas, first, second } = initialState(run.digest, run.layout, {
    variants: weights.length,
    seed: recipe.seed,
  })
  const start = thetas[0]?.slice() ?? new Float32Array()
  const optimiser = optimiserOf(recipe)
  const oracle = gradientOracle(engine, run)
  const batchGradients: Float32Array[][] = weights.map(() => [])
  const rate = (step: number): number => learningRate(recipe, step, run.steps)
  const indexesOf = (step: number): Int32Array => {
    const gone = new Set(skipped.flatMap((one) => (one.step <= step ? [one.sample] : [])))
    const slots = new Int32Array(recipe.batch).fill(-1)
    for (const [slot, sample] of run.order[step]!.entries()) if (!gone.has(sample)) slots[slot] = sample
    return slots
  }
  for (let step = 0; step < steps; step++) {
    if (signal?.aborted) throw new TributaryError('Training was cancelled.', { code: 'models/cancelled', retry: true })
    const rows = [...indexesOf(step)].flatMap((sample) =>
      sample < 0 ? [] : weights.flatMap((own, theta) => (own[sample] === 0 ? [] : [{ sample, theta }])),
    )
    const results = await oracle.gradients(rows, thetas)
    const sums = weights.map(() => new Float32Array(run.layout.length))
    for (const [i, { sample, theta }] of rows.entries()) {
      refuseInsane(run, { step, sample, variant: theta }, results[i]!)
      addGradient(sums[theta]!, results[i]!.gradient, { weight: weights[theta]![sample]!, batch: recipe.batch })
    }
    for (const [k, batchGradient] of sums.entries()) {
      const state = { theta: thetas[k]!, first: first[k]!, second: second[k]! }
      optimiserStep(state, batchGradient, optimiser, { step, learningRate: rate(step) })
      if (path) batchGradients[k]!.push(batchGradient)
    }
    await onStep?.({ step: step + 1, steps })
  }
  const paths = batchGradients.map((own, k) => ({
    optimiser,
    steps,
    samples: samples.length,
    parameters: run.layout.length,
    start,
    weights: weights[k]!,
    step: async (t: number) => ({
      learningRate: rate(t),
      sampleIndexes: indexesOf(t),
      batchGradient: own[t]!,
    }),
  }))
  return { thetas, paths: path ? paths : [] }
}

function checkWeights(weights: readonly Float32Array[], samples: number): void {
  const at = weights.findIndex((own) => own.length !== samples || !own.every((w) => Number.isFinite(w) && w >= 0))
  if (at < 0) return
  throw new TributaryError('A vector of sample weights is not of this run.', {
    code: 'models/weights',
    facts: { vector: at, length: weights[at]!.length, samples },
    tryThis: 'give one weight, 0 or more, for each sample of the run, in its order',
  })
}
