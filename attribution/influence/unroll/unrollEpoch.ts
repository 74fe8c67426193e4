import { TributaryError } from '../../../kernel/index.ts'
import type { AttributionMethod, MethodFacts } from '../AttributionMethod.ts'

export const unrollEpochFacts = {
  id: 'unroll-epoch/1',
  role: 'sample',
  family: 'influence',
  claim:
    'the loss that the answers of the epoch gain, in the mean by their fees and to first order, when the run is trained without the sample',
} as const satisfies MethodFacts

/**
 * The exact unroll of an epoch's fee-weighted mean answer (feeWeightedGradient), unrolled once for all its answers. Every
 * answer gets the same scores: they split what a payee group earned inside the group, and cannot replace a score by answer.
 * `scores` [N], nats. Cost: none, once they are there. Throws attribution/not-finite.
 */
export function unrollEpoch({ scores }: { scores: Float64Array }): AttributionMethod {
  const bad = scores.findIndex((score) => !Number.isFinite(score))
  if (bad >= 0) {
    throw new TributaryError('A score of the epoch is not finite.', {
      code: 'attribution/not-finite',
      facts: { sample: bad },
      tryThis: 'unroll the epoch again: a score that was stored is always finite',
    })
  }
  return {
    ...unrollEpochFacts,
    count: scores.length,
    score: async () => scores.slice(),
  }
}
