import type { AttributionMethod, MethodFacts } from '../AttributionMethod.ts'
import { dot } from '../dot.ts'
import { refuseQuery } from '../refuseQuery.ts'
import { scoreRows, type RowReader } from '../scoreRows.ts'

export const hiddenCosineFacts = {
  id: 'hidden-cosine/1',
  role: 'sample',
  family: 'similarity',
  claim: 'how alike answer and sample look to the model, which says nothing of what training on the sample did',
} as const satisfies MethodFacts

/**
 * Baseline: how alike answer and sample look to the model. Similarity, not influence.
 *
 *   score[i] = hidden · H[i] / (|hidden| |H[i]|), 0 where either is zero
 *
 * Shapes: `rows` reads H [samples, width], one hidden state a sample, taken as the answer's is (say the mean over the learned
 * tokens of the last block's output); a score is [samples], from -1 to 1. Cost: 2·samples·width multiply-adds an answer.
 * Source: Hanawa et al., "Evaluation of similarity-based explanations", ICLR 2021 (arXiv 2006.04528).
 * Throws attribution/query, and as scoreRows does.
 */
export function hiddenCosine({ rows, samples }: { rows: RowReader; samples: number }): AttributionMethod {
  return {
    ...hiddenCosineFacts,
    count: samples,
    async score({ hidden }) {
      if (hidden === undefined) refuseQuery(hiddenCosineFacts.id, 'hidden', { expected: 1, found: 0 })
      const scores = await scoreRows(hidden, rows, samples)
      const width = hidden.length
      const length = Math.sqrt(dot(hidden, hidden, 0))
      for await (const { first, rows: block } of rows()) {
        for (let at = 0, i = first; at < block.length; at += width, i++) {
          const lengths = length * Math.sqrt(dot(block.subarray(at, at + width), block, at))
          scores[i] = lengths === 0 ? 0 : scores[i]! / lengths
        }
      }
      return scores
    },
  }
}
