import { TributaryError } from '../../kernel/index.ts'

/**
 * What scores say about the loss of an answer when sample weights change.
 *
 *   predicted[m] = sum over samples of (weightBefore[i] - masks[m][i]) · scores[i]
 *
 * `scores` [N] in nats, positive = helped, so that taking weight away raises the loss; `masks` M of [N]; weights before are
 * 1 unless given. Returns [M]. Throws attribution/shape.
 */
export function predictedChanges(
  scores: ArrayLike<number>,
  masks: readonly ArrayLike<number>[],
  before: ArrayLike<number> = new Float32Array(scores.length).fill(1),
): Float64Array {
  return Float64Array.from(masks, (mask, m) => {
    if (mask.length !== scores.length || before.length !== scores.length) {
      throw new TributaryError('A mask is not over the samples that were scored.', {
        code: 'attribution/shape',
        facts: { mask: m, length: mask.length, scores: scores.length },
        tryThis: 'give one weight for each score',
      })
    }
    let sum = 0
    for (let i = 0; i < scores.length; i++) sum += (before[i]! - mask[i]!) * scores[i]!
    return sum
  })
}
