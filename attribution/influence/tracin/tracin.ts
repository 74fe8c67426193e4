import type { AttributionMethod, MethodFacts } from '../AttributionMethod.ts'
import { refuseQuery } from '../refuseQuery.ts'
import { scoreRows, type RowReader } from '../scoreRows.ts'

/** A point of the run. `rate`: the learning rates of its span, summed over the visits of a sample, over the batch size. */
export type Checkpoint = { rate: number; rows: RowReader }

export const tracinFacts = {
  id: 'tracin/1',
  role: 'sample',
  family: 'influence',
  claim:
    'the loss that this answer lost in the steps that saw the sample, told from checkpoints, as if they were plain SGD',
} as const satisfies MethodFacts

/**
 * Baseline: the loss that an answer lost in the steps that saw the sample, told from a few checkpoints.
 *
 *   score[i] = sum over checkpoints c of rate[c] · (gradient of the answer at c) · (gradient of sample i at c)
 *
 * Shapes: `rows` of a checkpoint reads [samples, P], the query holds `checkpointGradients` C of [P]; a score is [samples],
 * in nats where the optimiser is plain SGD. Adam's preconditioner is left out, as in the paper.
 * Cost: C·samples·P multiply-adds an answer, and C gradients of each sample and of the answer.
 * Source: Pruthi et al. 2020 (arXiv 2002.08484), TracInCP, section 3.2. Throws attribution/query, and as scoreRows does.
 */
export function tracin({
  checkpoints,
  samples,
}: {
  checkpoints: readonly Checkpoint[]
  samples: number
}): AttributionMethod {
  return {
    ...tracinFacts,
    count: samples,
    async score({ checkpointGradients: gradients = [] }) {
      if (gradients.length !== checkpoints.length) {
        refuseQuery(tracinFacts.id, 'checkpointGradients', { expected: checkpoints.length, found: gradients.length })
      }
      const sums = new Float64Array(samples)
      for (const [c, { rate, rows }] of checkpoints.entries()) {
        const scores = await scoreRows(gradients[c]!, rows, samples)
        for (const [i, score] of scores.entries()) sums[i]! += rate * score
      }
      return sums
    },
  }
}
