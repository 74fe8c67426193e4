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
 * are. Cost: two passes over the vocabulary, and with topP < 1 a sort of its likely part.
 */
export function sampleToken(logits: Float32Array, { temperature, topP }: Sampling, uniform: number): number {
  let best = 0
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i
  if (temperature === 0) return best

  const top = logits[best]!
  const weights = new Float64Array(logits.length)
  let total = 0
  for (let i = 0; i < logits.length; i++) {
    const below = (logits[i]! - top) / temperature
    if (below >= -cutNats) total += weights[i] = Math.exp(below)
  }
  if (topP >= 1) return draw(weights.keys(), weights, uniform * total) ?? best

  // Tokens lighter than this make less than 1 - topP together, so the set never reaches them: they need no sorting.
  const lightest = ((1 - topP) * total) / logits.length
  const likely: number[] = []
  for (let i = 0; i < weights.length; i++) if (weights[i]! > lightest) likely.push(i)
  likely.sort((a, b) => weights[b]! - weights[a]! || a - b)
  let kept = 0
  let mass = 0
  while (kept < likely.length && mass < topP * total) mass += weights[likely[kept++]!]!
  return draw(likely.slice(0, kept), weights, uniform * mass) ?? best
}

/** The token at which the running sum of weights passes `at`; undefined where rounding leaves it at the very end. */
function draw(tokens: Iterable<number>, weights: Float64Array, at: number): number | undefined {
  let left = at
  for (const token of tokens) {
    left -= weights[token]!
    if (left < 0) return token
  }
  return undefined
}
