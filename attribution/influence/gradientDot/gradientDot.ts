import type { AttributionMethod, MethodFacts } from '../AttributionMethod.ts'
import { scoreRows, type RowReader } from '../scoreRows.ts'

export const gradientDotFacts = {
  id: 'gradient-dot/1',
  role: 'sample',
  family: 'influence',
  claim: 'the loss that this answer would lose by one more gradient step on the sample, taken after training',
} as const satisfies MethodFacts

/**
 * Baseline: how much one more plain gradient step on the sample would lower the answer's loss.
 *
 *   score[i] = gradient · G[i]
 *
 * Shapes: `rows` reads G [samples, P], the gradient of each sample's own mean loss at the final adapter; a score is
 * [samples], in nats for a step of rate 1. Cost: samples·P multiply-adds and one read of G an answer.
 * Source: Charpiat et al., "Input similarity from the neural network perspective", NeurIPS 2019; the kernel without its
 * norms. Throws as scoreRows does.
 */
export function gradientDot({ rows, samples }: { rows: RowReader; samples: number }): AttributionMethod {
  return {
    ...gradientDotFacts,
    count: samples,
    score: ({ gradient }) => scoreRows(gradient, rows, samples),
  }
}
