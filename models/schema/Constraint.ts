/** What may come next in one answer. */
export type Constraint = {
  /** The logits with -∞ at tokens that may not follow; a copy. */
  mask(logits: Float32Array): Promise<Float32Array>
  /** Goes on with a token that was allowed. */
  accept(token: number): void
  dispose(): void
}
