/** What a score is asked about: `gradient` [P] of an answer's mean loss (nats) at the adapter that answered. */
export type AnswerQuery = { gradient: Float32Array }

/**
 * One way to score an answer. It is already bound to the evidence of one adapter (counterfactual adapters, influence
 * vectors, a recorded run), so that callers do not know what it needs: only its role, its size and its id.
 *
 * - role 'group': one score for each payee group. Role 'sample': one for each training sample.
 * - `score` returns [count] in nats; positive = helped, that is, removal raises the loss of the answer.
 * - `id` names formula and version, is stored in every trace, and is never reused for a changed formula.
 */
export type AttributionMethod = {
  id: `${string}/${number}`
  role: 'group' | 'sample'
  /** The counterfactual that the score claims, as a sentence. */
  claim: string
  count: number
  score(query: AnswerQuery): Promise<Float64Array>
}
