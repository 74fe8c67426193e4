export type SchemaCalls = {
  /** Where the tokenizer lies, the token that ends an answer, and how many logits the model has. */
  open: { input: { dir: string; eos: number; vocabulary: number }; output: null }
  /** Throws models/schema. */
  compile: { input: { schema: string }; output: null }
  /** Begins an answer. Output, like that of `accept`: one bit a token, set where it may come next. */
  start: { input: { id: number; schema: string }; output: Int32Array }
  accept: { input: { id: number; token: number }; output: Int32Array }
  end: { input: { id: number }; output: null }
}
