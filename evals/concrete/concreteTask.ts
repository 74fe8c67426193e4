import {
  optimiserStep,
  type GradientOracle,
  type PathStep,
  type RecordedOptimiser,
  type Trainer,
  type TrainingPath,
} from '../../kernel/index.ts'
import { seededUniform } from '../../models/index.ts'
import { concreteRows, featureCount } from './concreteRows.ts'
import { Mlp } from './Mlp.ts'

export type ConcreteSettings = {
  rows: number
  /** The first rows train; what is left asks. */
  trained: number
  hidden: readonly number[]
  optimiser: RecordedOptimiser
  epochs: number
  batch: number
  learningRate: number
  warmupSteps: number
}

/** UCI's sizes (1,030 rows, nine tenths to train) and kronfluence's batch; a recipe that an unroll can be exact on. */
export const concreteSettings: ConcreteSettings = {
  rows: 1_030,
  trained: 927,
  hidden: [32, 32, 32],
  optimiser: { kind: 'sgd-momentum', momentum: 0.9, weightDecay: 0 },
  epochs: 20,
  batch: 32,
  learningRate: 0.01,
  warmupSteps: 28,
}

export type ConcreteTask = {
  mlp: Mlp
  samples: number
  queries: number
  steps: number
  oracle: GradientOracle
  trainer: Trainer
  /** Trains with these weights and keeps the path; `thetas` has the T + 1 parameters along it. */
  record(weights?: Float32Array): Promise<{ path: TrainingPath; thetas: Float32Array[] }>
  /** [Q] nats. */
  queryLosses(theta: Float32Array): Float64Array
  /** [P]: gradient of a query's loss. */
  queryGradient(query: number, theta: Float32Array): Float32Array
  /** Rows of the table, the ones that train first, as peers read them. */
  table: { features: Float64Array; strengths: Float64Array }
}

/**
 * The regression task as attribution sees one: a gradient oracle, a path, and a trainer that really trains. Order, start and
 * rows follow from the seed. The last batch of an epoch, when it is short, is left out, so every batch has B samples.
 */
export function concreteTask(seed: number, settings: ConcreteSettings = concreteSettings): ConcreteTask {
  const { rows, trained, hidden, optimiser, epochs, batch } = settings
  const table = concreteRows(rows, seed)
  const mlp = new Mlp([featureCount, ...hidden, 1])
  const inputOf = (row: number): Float64Array => table.features.subarray(row * featureCount, (row + 1) * featureCount)
  const gradientOf = (row: number, theta: Float32Array): { lossNats: number; gradient: Float32Array } => {
    const gradient = new Float32Array(mlp.parameters)
    const lossNats = mlp.gradient(theta, inputOf(row), { target: table.strengths[row]!, into: gradient })
    return { lossNats, gradient }
  }
  const order = batchOrder({ samples: trained, epochs, batch }, seed)
  const start = initialTheta(mlp, seed)
  const ones = new Float32Array(trained).fill(1)
  const rateOf = (step: number): number =>
    settings.learningRate * Math.min(1, (step + 1) / settings.warmupSteps) * (1 - step / order.length)

  const train = (weights: Float32Array, onStep?: (step: PathStep, theta: Float32Array) => void): Float32Array => {
    const state = {
      theta: start.slice(),
      first: new Float32Array(mlp.parameters),
      second: new Float32Array(mlp.parameters),
    }
    const gradient = new Float32Array(mlp.parameters)
    const sum = new Float64Array(mlp.parameters)
    for (const [step, sampleIndexes] of order.entries()) {
      sum.fill(0)
      for (const sample of sampleIndexes) {
        const weight = weights[sample]! / batch
        if (weight === 0) continue
        mlp.gradient(state.theta, inputOf(sample), { target: table.strengths[sample]!, into: gradient })
        for (let p = 0; p < sum.length; p++) sum[p] = sum[p]! + weight * gradient[p]!
      }
      const batchGradient = Float32Array.from(sum)
      onStep?.({ learningRate: rateOf(step), sampleIndexes, batchGradient }, state.theta)
      optimiserStep(state, batchGradient, optimiser, { step, learningRate: rateOf(step) })
    }
    return state.theta
  }

  return {
    mlp,
    samples: trained,
    queries: rows - trained,
    steps: order.length,
    oracle: {
      samples: trained,
      parameters: mlp.parameters,
      gradients: async (asked, thetas) => asked.map(({ sample, theta }) => gradientOf(sample, thetas[theta]!)),
    },
    trainer: { train: async (weights) => weights.map((own) => train(own)) },
    record: async (weights = ones) => {
      const kept: PathStep[] = []
      const thetas: Float32Array[] = []
      const last = train(weights, (step, theta) => {
        kept.push(step)
        thetas.push(theta.slice())
      })
      const path: TrainingPath = {
        optimiser,
        steps: order.length,
        samples: trained,
        parameters: mlp.parameters,
        start,
        weights,
        step: async (t) => kept[t]!,
      }
      return { path, thetas: [...thetas, last] }
    },
    queryLosses: (theta) =>
      Float64Array.from({ length: rows - trained }, (_, q) =>
        mlp.lossNats(theta, inputOf(trained + q), table.strengths[trained + q]!),
      ),
    queryGradient: (query, theta) => gradientOf(trained + query, theta).gradient,
    table,
  }
}

/** As PyTorch starts a Linear: weights and biases uniform within 1 / sqrt(fan-in). */
function initialTheta(mlp: Mlp, seed: number): Float32Array {
  const uniform = seededUniform(`start ${seed}`)
  return Float32Array.from(
    mlp.widths.slice(1).flatMap((width, l) => {
      const bound = 1 / Math.sqrt(mlp.widths[l]!)
      return Array.from({ length: width * (mlp.widths[l]! + 1) }, () => bound * (2 * uniform() - 1))
    }),
  )
}

function batchOrder(
  { samples, epochs, batch }: { samples: number; epochs: number; batch: number },
  seed: number,
): Int32Array[] {
  const uniform = seededUniform(`order ${seed}`)
  return Array.from({ length: epochs }, () => {
    const order = Int32Array.from({ length: samples }, (_, i) => i)
    for (let i = samples - 1; i > 0; i--) {
      const j = Math.floor(uniform() * (i + 1))
      const kept = order[i]!
      order[i] = order[j]!
      order[j] = kept
    }
    return Array.from({ length: Math.floor(samples / batch) }, (_, b) => order.slice(b * batch, (b + 1) * batch))
  }).flat()
}
