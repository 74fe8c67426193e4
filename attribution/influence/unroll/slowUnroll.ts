import type { RecordedOptimiser } from '../../../kernel/index.ts'

/** A run that can be trained on paper: losses as functions, in fp64. */
export type SlowRun = {
  optimiser: RecordedOptimiser
  start: readonly number[]
  /** [N] */
  weights: readonly number[]
  rates: readonly number[]
  /** T of [B]; -1 is an empty slot. */
  slots: readonly (readonly number[])[]
  /** Gradient of a sample's loss at theta. */
  gradient: (sample: number, theta: readonly number[]) => number[]
  /** Its Hessian times a vector. */
  hessian: (sample: number, theta: readonly number[], vector: readonly number[]) => number[]
}

/**
 * The readable reference of the exact unroll, which goes the other way: for each sample it trains once more and carries along
 * how parameters and moments move with the sample's weight, step by step, with exact Hessians.
 *
 *   score[i] = - query · d theta[T] / d weight[i]
 *
 * `query` [P]; returns [N], nats. Cost: N trainings, each with a Hessian product beside every gradient.
 */
export function slowUnroll(run: SlowRun, query: readonly number[]): number[] {
  return run.weights.map((_, sample) => {
    const moved = thetaMoves(run, sample)
    return -query.reduce((sum, q, p) => sum + q * moved[p]!, 0)
  })
}

function thetaMoves({ optimiser, start, weights, rates, slots, gradient, hessian }: SlowRun, moving: number): number[] {
  const theta = [...start]
  const [m, v, dTheta, dm, dv] = [0, 1, 2, 3, 4].map(() => start.map(() => 0)) as [
    number[],
    number[],
    number[],
    number[],
    number[],
  ]
  for (const [t, lr] of rates.entries()) {
    const batch = slots[t]!
    const g = start.map(() => 0)
    const dg = start.map(() => 0)
    for (const sample of batch) {
      if (sample < 0) continue
      const own = gradient(sample, theta)
      const bent = hessian(sample, theta, dTheta)
      for (const p of g.keys()) {
        g[p]! += (weights[sample]! * own[p]!) / batch.length
        dg[p]! += (weights[sample]! * bent[p]! + (sample === moving ? own[p]! : 0)) / batch.length
      }
    }
    for (const p of g.keys()) {
      theta[p]! *= 1 - lr * optimiser.weightDecay
      dTheta[p]! *= 1 - lr * optimiser.weightDecay
      if (optimiser.kind === 'sgd-momentum') {
        m[p] = optimiser.momentum * m[p]! + g[p]!
        dm[p] = optimiser.momentum * dm[p]! + dg[p]!
        theta[p]! -= lr * m[p]
        dTheta[p]! -= lr * dm[p]
        continue
      }
      const { beta1, beta2, epsilon } = optimiser
      m[p] = beta1 * m[p]! + (1 - beta1) * g[p]!
      dm[p] = beta1 * dm[p]! + (1 - beta1) * dg[p]!
      v[p] = beta2 * v[p]! + (1 - beta2) * g[p]! ** 2
      dv[p] = beta2 * dv[p]! + (1 - beta2) * 2 * g[p]! * dg[p]!
      const c1 = 1 - beta1 ** (t + 1)
      const c2 = 1 - beta2 ** (t + 1)
      const root = Math.sqrt(v[p] / c2)
      const dRoot = root > 0 ? dv[p] / c2 / (2 * root) : 0
      theta[p]! -= (lr * m[p]) / c1 / (root + epsilon)
      dTheta[p]! -= (lr / c1) * (dm[p] / (root + epsilon) - (m[p] * dRoot) / (root + epsilon) ** 2)
    }
  }
  return dTheta
}
