import {
  optimiserStep,
  type GradientOracle,
  type RecordedOptimiser,
  type TrainingPath,
} from '../../../../kernel/index.ts'
import type { SlowRun } from '../slowUnroll.ts'

export type BentRun = {
  slow: SlowRun
  /** As training in fp32 left it, by the oracle's gradients. */
  path: TrainingPath
  oracle: GradientOracle
  /** Rows that the oracle was asked for since the path was made. */
  rows: () => number
  /** Parameters after training in fp64 with weights of one's own. */
  train: (weights: readonly number[]) => number[]
  /** Loss of a text that no sample is, and its gradient. */
  loss: (theta: readonly number[]) => number
  query: (theta: readonly number[]) => Float32Array
}

const inputs = 3
const hidden = 2
const parameters = hidden * (inputs + 1)

/**
 * A small network y · sum over h of b_h tanh(a_h · x) under softplus: bent in every parameter, none of them apart from the
 * others, as the two factors of an adapter are.
 */
export async function bentRun(
  optimiser: RecordedOptimiser,
  { samples = 7, steps = 12, batch = 4, rate = 0.3, weight = 1, seed = 3, decay = true } = {},
): Promise<BentRun> {
  let state = seed
  const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647
  const centred = (length: number) => Array.from({ length }, () => 2 * uniform() - 1)
  const texts = Array.from({ length: samples + 1 }, () => ({ x: centred(inputs), y: uniform() < 0.5 ? -1 : 1 }))
  const start = Array.from(Float32Array.from(centred(parameters)))
  const rates = Array.from({ length: steps }, (_, t) => rate * Math.min(1, (t + 1) / 3) * (decay ? 1 - t / steps : 1))
  const slots = rates.map(() => Array.from({ length: batch }, () => Math.floor(uniform() * (samples + 1)) - 1))
  const weights = Array.from({ length: samples }, () => weight)

  const gradient = (text: number, theta: readonly number[]): number[] => gradientOf(texts[text]!, theta)
  const hessian = (text: number, theta: readonly number[], vector: readonly number[]): number[] => {
    const e = 1e-5
    const plus = gradient(
      text,
      theta.map((x, p) => x + e * vector[p]!),
    )
    const minus = gradient(
      text,
      theta.map((x, p) => x - e * vector[p]!),
    )
    return plus.map((x, p) => (x - minus[p]!) / (2 * e))
  }
  let rows = 0
  const oracle: GradientOracle = {
    samples,
    parameters,
    gradients: async (asked, thetas) => {
      rows += asked.length
      return asked.map(({ sample, theta }) => {
        const at = Array.from(thetas[theta]!)
        return { lossNats: lossOf(texts[sample]!, at), gradient: Float32Array.from(gradient(sample, at)) }
      })
    },
  }
  const path = {
    optimiser,
    steps,
    samples,
    parameters,
    start: Float32Array.from(start),
    weights: Float32Array.from(weights),
  }
  const recorded = await record(path, oracle, { rates, slots, weights })
  rows = 0
  return {
    slow: { optimiser, start, weights, rates, slots, gradient, hessian },
    path: { ...path, step: async (t) => recorded[t]! },
    oracle,
    rows: () => rows,
    train: (own) => trainSlowly({ optimiser, start, weights: own, rates, slots, gradient, hessian }),
    loss: (theta) => lossOf(texts[samples]!, theta),
    query: (theta) => Float32Array.from(gradient(samples, theta)),
  }
}

type Text = { x: readonly number[]; y: number }

const output = ({ x }: Text, theta: readonly number[]): { sum: number; tanh: number[] } => {
  const tanh = Array.from({ length: hidden }, (_, h) =>
    Math.tanh(x.reduce((dot, value, i) => dot + value * theta[h * inputs + i]!, 0)),
  )
  return { sum: tanh.reduce((sum, value, h) => sum + value * theta[hidden * inputs + h]!, 0), tanh }
}

const lossOf = (text: Text, theta: readonly number[]): number => Math.log1p(Math.exp(-text.y * output(text, theta).sum))

function gradientOf(text: Text, theta: readonly number[]): number[] {
  const { sum, tanh } = output(text, theta)
  const slope = -text.y / (1 + Math.exp(text.y * sum))
  const ofA = tanh.flatMap((value, h) => text.x.map((x) => slope * theta[hidden * inputs + h]! * (1 - value ** 2) * x))
  return [...ofA, ...tanh.map((value) => slope * value)]
}

/** Trains in fp32 as the product does, and keeps what the optimiser was given. */
async function record(
  { optimiser, start }: Pick<TrainingPath, 'optimiser' | 'start'>,
  oracle: GradientOracle,
  { rates, slots, weights }: Pick<SlowRun, 'rates' | 'slots' | 'weights'>,
): Promise<Awaited<ReturnType<TrainingPath['step']>>[]> {
  const state = { theta: start.slice(), first: new Float32Array(parameters), second: new Float32Array(parameters) }
  const made = []
  for (const [step, learningRate] of rates.entries()) {
    const own = slots[step]!.filter((sample) => sample >= 0)
    const found = await oracle.gradients(
      own.map((sample) => ({ sample, theta: 0 })),
      [state.theta],
    )
    const batchGradient = new Float32Array(parameters)
    for (const [i, { gradient }] of found.entries())
      for (let p = 0; p < parameters; p++) batchGradient[p]! += (weights[own[i]!]! * gradient[p]!) / slots[step]!.length
    optimiserStep(state, batchGradient, optimiser, { step, learningRate })
    made.push({ learningRate, sampleIndexes: Int32Array.from(slots[step]!), batchGradient })
  }
  return made
}

/** The formulas of RecordedOptimiser in fp64. */
function trainSlowly({ optimiser, start, weights, rates, slots, gradient }: SlowRun): number[] {
  const theta = [...start]
  const m = start.map(() => 0)
  const v = start.map(() => 0)
  for (const [t, lr] of rates.entries()) {
    const g = start.map(() => 0)
    for (const sample of slots[t]!) {
      if (sample < 0) continue
      for (const [p, x] of gradient(sample, theta).entries()) g[p]! += (weights[sample]! * x) / slots[t]!.length
    }
    for (const p of g.keys()) {
      theta[p]! *= 1 - lr * optimiser.weightDecay
      if (optimiser.kind === 'sgd-momentum') {
        m[p] = optimiser.momentum * m[p]! + g[p]!
        theta[p]! -= lr * m[p]
      } else {
        m[p] = optimiser.beta1 * m[p]! + (1 - optimiser.beta1) * g[p]!
        v[p] = optimiser.beta2 * v[p]! + (1 - optimiser.beta2) * g[p]! ** 2
        const mHat = m[p] / (1 - optimiser.beta1 ** (t + 1))
        theta[p]! -= (lr * mHat) / (Math.sqrt(v[p] / (1 - optimiser.beta2 ** (t + 1))) + optimiser.epsilon)
      }
    }
  }
  return theta
}
