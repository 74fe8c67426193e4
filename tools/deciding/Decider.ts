/** What is to be chosen, as the policy has bounded it. */
export type Question = {
  question: string
  about: object
  options: readonly { option: string; what: string }[]
  policy: { option: string }
}

export type Choice = {
  /** One of the options with the model's reason; undefined where it named none. */
  said: { option: string; reason: string } | undefined
  /** What the model gave, for its digest. */
  output: unknown
  inputTokens: number
  outputTokens: number
}

/** A model that agents may ask where a policy leaves a choice, and how the trace names it. */
export type Decider = {
  provider: string
  /** Digest of ours, or the id at the provider. */
  model: string
  choose: (asked: Question) => Promise<Choice>
}
