import type { RecordedOptimiser } from '../../../kernel/index.ts'

/** How an answer's loss reacts to parameters and moments at one place of a run: [P] each, in nats per unit. */
export type Adjoint = {
  readonly theta: Float64Array
  readonly first: Float64Array
  readonly second: Float64Array
}

/**
 * Carries an adjoint back through one step of the optimiser, all but the way through the gradient itself, in place; returns
 * u = d loss / d batchGradient, [P].
 *
 *   sgd-momentum  first -= lr theta                                              u = first
 *                 then first *= momentum
 *   adam          first -= lr / (c1 den) theta                                   u = (1-beta1) first + 2 (1-beta2) g second
 *                 second += lr (m/c1) / (2 c2 sqrt(v/c2) den²) theta
 *                 then first *= beta1, second *= beta2
 *   both          theta *= 1 - lr weightDecay
 *
 * with m, v after the step, c1 = 1 - beta1^(t+1), c2 = 1 - beta2^(t+1), den = sqrt(v/c2) + epsilon. Where v is zero every
 * gradient so far was, and the way through the second moment, which has no derivative there, counts as zero. The caller adds
 * H u to theta. Cost: about 20 P operations.
 */
export function throughOptimiser(
  { theta, first, second }: Adjoint,
  optimiser: RecordedOptimiser,
  at: { t: number; learningRate: number; batchGradient: Float32Array; first: Float32Array; second: Float32Array },
): Float64Array {
  const { learningRate: lr, batchGradient } = at
  const u = new Float64Array(theta.length)
  const keep = 1 - lr * optimiser.weightDecay
  if (optimiser.kind === 'sgd-momentum') {
    for (let p = 0; p < u.length; p++) {
      u[p] = first[p]! - lr * theta[p]!
      first[p] = optimiser.momentum * u[p]!
      theta[p]! *= keep
    }
    return u
  }
  const { beta1, beta2, epsilon } = optimiser
  const c1 = 1 - beta1 ** (at.t + 1)
  const c2 = 1 - beta2 ** (at.t + 1)
  for (let p = 0; p < u.length; p++) {
    const root = Math.sqrt(at.second[p]! / c2)
    const den = root + epsilon
    const byFirst = first[p]! - (lr / (c1 * den)) * theta[p]!
    const bySecond =
      root > 0 ? second[p]! + ((lr * (at.first[p]! / c1)) / (2 * c2 * root * den * den)) * theta[p]! : second[p]!
    u[p] = (1 - beta1) * byFirst + 2 * (1 - beta2) * batchGradient[p]! * bySecond
    first[p] = beta1 * byFirst
    second[p] = beta2 * bySecond
    theta[p]! *= keep
  }
  return u
}
