import type { AttributionMethod, MethodFacts } from '../AttributionMethod.ts'
import { residentRows } from '../residentRows.ts'
import { counterfactualDeltas } from './counterfactualDeltas.ts'

export const counterfactualLinearFacts = {
  id: 'counterfactual-linear/1',
  role: 'group',
  family: 'influence',
  claim: 'the loss that this answer gains, to first order, when the adapter is trained again without the group',
} as const satisfies MethodFacts

/**
 * Scores payee groups by adapters that were trained without them, to first order in the change of the parameters.
 *
 *   score[c] = gradient · (thetaWithout[c] - theta)
 *
 * Shapes: `theta` [P], `thetasWithout` K of [P]; a score is [K], in nats, positive = the group helped.
 * Cost: K·P to bind (4·K·P bytes are kept), K·P multiply-adds an answer. Against real retraining without one of 12
 * contributors: rank correlation (LDS) .973. Throws attribution/shape, attribution/not-finite.
 */
export function counterfactualLinear({
  theta,
  thetasWithout,
}: {
  theta: Float32Array
  thetasWithout: readonly Float32Array[]
}): AttributionMethod {
  const deltas = residentRows(thetasWithout.length, theta.length)
  deltas.rows.set(counterfactualDeltas(theta, thetasWithout))
  return {
    ...counterfactualLinearFacts,
    count: thetasWithout.length,
    score: async ({ gradient }) => deltas.scores(gradient),
  }
}
