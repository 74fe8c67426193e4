import { TributaryError } from '../../kernel/index.ts'

/**
 * One prompt with its answer, as the gradient graph takes it. Padding changes bits (about 1e-6), so the padded sizes
 * depend on the row alone: the next multiples of 16 tokens and of 8 labels.
 */
export type EncodedRow = {
  /** Tokens that go in: the prompt and all of the answer but its last label. */
  readonly ids: Int32Array
  /** Tokens that are predicted; label j is predicted at position ids.length - labels.length + j. */
  readonly labels: Int32Array
  readonly paddedLength: number
  readonly labelSlots: number
}

export const lengthBucket = 16
export const labelBucket = 8

/** Throws models/empty when there is no prompt or nothing to predict. */
export function encodeRow(promptIds: ArrayLike<number>, answerIds: ArrayLike<number>): EncodedRow {
  if (promptIds.length === 0 || answerIds.length === 0) {
    throw new TributaryError('A gradient needs a prompt and an answer.', {
      code: 'models/empty',
      facts: { promptTokens: promptIds.length, answerTokens: answerIds.length },
      tryThis: 'give at least one token of each',
    })
  }
  const ids = new Int32Array(promptIds.length + answerIds.length - 1)
  for (let i = 0; i < ids.length; i++) ids[i] = i < promptIds.length ? promptIds[i]! : answerIds[i - promptIds.length]!
  return {
    ids,
    labels: Int32Array.from(answerIds),
    paddedLength: Math.ceil(ids.length / lengthBucket) * lengthBucket,
    labelSlots: Math.ceil(answerIds.length / labelBucket) * labelBucket,
  }
}
