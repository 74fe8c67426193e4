import { TributaryError } from '../../../kernel/index.ts'

/**
 * What leaving out each payee group did to the parameters.
 *
 *   deltas[c] = thetaWithout[c] - theta
 *
 * Shapes: `theta` [P], `thetasWithout` K of [P]; returns row-major [K, P]. Scored with an answer's gradient of loss (nats)
 * each row gives, to first order, how many nats the answer's loss rises when the group is removed: positive = helped.
 * Cost: K·P subtractions, 4·K·P bytes. Throws attribution/shape.
 */
export function counterfactualDeltas(theta: Float32Array, thetasWithout: readonly Float32Array[]): Float32Array {
  const deltas = new Float32Array(thetasWithout.length * theta.length)
  for (const [c, without] of thetasWithout.entries()) {
    if (without.length !== theta.length) {
      throw new TributaryError('A counterfactual adapter is not of the layout of the main one.', {
        code: 'attribution/shape',
        facts: { group: c, theta: theta.length, thetaWithout: without.length },
        tryThis: 'load both from one training run',
      })
    }
    for (let p = 0, at = c * theta.length; p < theta.length; p++, at++) deltas[at] = without[p]! - theta[p]!
  }
  return deltas
}
