export type Sampling = {
  /** 0 takes the most likely token. */
  temperature: number
  /** Only the most likely tokens that together reach this probability may be drawn. */
  topP: number
}

// A token this far below the best has less than 2e-9 of its weight: it is never drawn, and costs nothing.
const cutNats = 20

/**
 * Draws one token from logits [vocabulary].
 *
 *   p = softmax(logits / temperature), cut to the smallest set of most likely tokens with mass >= topP, renormalised
 *
 * `uniform` in [0, 1) decides. Ties go to the lower token. fp64 throughout, so the draw is the same wherever the logits
 * are. Cost: one pass over the vocabulary, and a sort of the tokens near the best.
 */
export function sampleToken(logits: Float32Array, { temperature, topP }: Sampling, uniform: number): number {
  let best = 0
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i
  if (temperature === 0) return best

  const top = logits[best]!
  let total = 0
  const likely: { token: number; weight: number }[] = []
  for (let i = 0; i < logits.length; i++) {
    const below = (logits[i]! - top) / temperature
    if (below < -cutNats) continue
    const weight = Math.exp(below)
    total += weight
    likely.push({ token: i, weight })
  }
  likely.sort((a, b) => b.weight - a.weight || a.token - b.token)
  const wanted = topP * total
  let kept = 0
  let mass = 0
  while (kept < likely.length && mass < wanted) mass += likely[kept++]!.weight
  let left = uniform * mass
  for (let i = 0; i < kept; i++) {
    left -= likely[i]!.weight
    if (left < 0) return likely[i]!.token
  }
  return likely[Math.max(kept - 1, 0)]!.token
}
