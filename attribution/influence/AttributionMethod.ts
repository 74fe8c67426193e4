/**
 * What a score is asked about. Influence needs the gradient; the baselines each name what else they read, and refuse with
 * attribution/query when it is not there.
 */
export type AnswerQuery = {
  /** [P], of the answer's mean loss (nats) at the adapter that answered. */
  gradient: Float32Array
  /** Mean loss (nats) of the answer with each of some adapters [P]; a difference of two has to be as exact as each. */
  lossesAt?: (thetas: readonly Float32Array[]) => Promise<readonly number[]>
  /** The same gradient at each checkpoint that TracIn reads, in its order: C of [P]. */
  checkpointGradients?: readonly Float32Array[]
  /** [H], a hidden state of the answer, taken as those of the samples were. */
  hidden?: Float32Array
  /** The words of question and answer. */
  words?: readonly string[]
}

/** What is known of a method before it is bound to an adapter. */
export type MethodFacts = {
  /** Formula and version; stored in every trace, never reused for a changed formula. */
  id: `${string}/${number}`
  /** One score for each payee group, or for each training sample. */
  role: 'group' | 'sample'
  /**
   * 'influence': the score approximates what training without the sample would change, in nats. 'similarity': it only says
   * how alike answer and sample are; no such score may be called influence, or be paid as if it were.
   */
  family: 'influence' | 'similarity'
  /** What the score claims, as a sentence. */
  claim: string
}

/**
 * One way to score an answer. It is already bound to the evidence of one adapter (counterfactual adapters, influence
 * vectors, a recorded run), so that callers do not know what it needs: only its facts and its size.
 *
 * `score` returns [count]; positive = helped, that is, removal raises the loss of the answer (similarity: more alike).
 */
export type AttributionMethod = MethodFacts & {
  count: number
  score(query: AnswerQuery): Promise<Float64Array>
}
