import { TributaryError } from '../../../kernel/index.ts'

/**
 * The one query that stands for an epoch: since an unroll is linear in it, its scores are the mean of the answers' scores.
 *
 *   gradient = sum over answers of (fee / all fees) · gradient of the answer's loss
 *
 * Shapes: `gradients` [P] each, one fee for each; returns [P]. Sums are fp64 in the order given: give answers in a fixed one.
 * Cost: P multiply-adds an answer. Throws attribution/shape, attribution/no-fees.
 */
export function feeWeightedGradient(gradients: readonly Float32Array[], feesWei: readonly bigint[]): Float32Array {
  const parameters = gradients[0]?.length ?? 0
  const odd = gradients.findIndex((gradient) => gradient.length !== parameters)
  if (gradients.length !== feesWei.length || odd >= 0) {
    throw new TributaryError('The answers of an epoch are not of one adapter, or their fees are not theirs.', {
      code: 'attribution/shape',
      facts: { gradients: gradients.length, fees: feesWei.length, answer: odd, parameters },
      tryThis: 'average the answers of one adapter, with one fee for each',
    })
  }
  const allWei = feesWei.reduce((sum, feeWei) => sum + feeWei, 0n)
  if (allWei <= 0n || feesWei.some((feeWei) => feeWei < 0n)) {
    throw new TributaryError('Nothing was paid for these answers, so they have no mean by fees.', {
      code: 'attribution/no-fees',
      facts: { answers: feesWei.length },
      tryThis: 'average paid answers only',
    })
  }
  const mean = new Float64Array(parameters)
  for (const [i, gradient] of gradients.entries()) {
    const part = Number(feesWei[i]!) / Number(allWei)
    for (let p = 0; p < parameters; p++) mean[p]! += part * gradient[p]!
  }
  return Float32Array.from(mean)
}
