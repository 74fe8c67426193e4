import type { RecordedOptimiser } from './trainingRecord.ts'

/** Parameters and moments, [P] each, changed in place. SGD with momentum keeps m in `first` and leaves `second` alone. */
export type OptimiserState = {
  readonly theta: Float32Array
  readonly first: Float32Array
  readonly second: Float32Array
}

/**
 * One step of an optimiser in place, by the formulas of RecordedOptimiser, `step` counted from 0: computed in fp64 on fp32
 * state. Training and the unroll both come here, so that a run's states follow from its batch gradients to the bit.
 * Cost: P of these. Source of Adam: Kingma & Ba, arXiv 1412.6980; of its decay: Loshchilov & Hutter, arXiv 1711.05101.
 */
export function optimiserStep(
  { theta, first, second }: OptimiserState,
  batchGradient: Float32Array,
  optimiser: RecordedOptimiser,
  { step, learningRate }: { step: number; learningRate: number },
): void {
  const keep = 1 - learningRate * optimiser.weightDecay
  if (optimiser.kind === 'sgd-momentum') {
    for (let i = 0; i < theta.length; i++) {
      const m = (first[i] = Math.fround(optimiser.momentum * first[i]! + batchGradient[i]!))
      theta[i] = theta[i]! * keep - learningRate * m
    }
    return
  }
  const { beta1, beta2, epsilon } = optimiser
  const unbias1 = 1 - beta1 ** (step + 1)
  const unbias2 = 1 - beta2 ** (step + 1)
  for (let i = 0; i < theta.length; i++) {
    const g = batchGradient[i]!
    const m = (first[i] = Math.fround(beta1 * first[i]! + (1 - beta1) * g))
    const v = (second[i] = Math.fround(beta2 * second[i]! + (1 - beta2) * g * g))
    theta[i] = theta[i]! * keep - (learningRate * (m / unbias1)) / (Math.sqrt(v / unbias2) + epsilon)
  }
}
