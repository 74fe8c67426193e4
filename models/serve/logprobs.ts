/** Natural logarithms of probabilities of one token of an answer, and of the likeliest tokens at its place. */
export type TokenLogprob = { token: number; logprob: number; top: { token: number; logprob: number }[] }

/**
 * Log-probability of the drawn token and of the `count` likeliest, by the model itself: softmax of the logits
 * [vocabulary] as they come, before temperature, top-p and schema.
 *
 *   logprob[i] = logits[i] - max - ln Σ exp(logits[j] - max)
 *
 * Of equals the lower token is first. fp64. Cost: one exponential a token of the vocabulary, under a millisecond.
 */
export function tokenLogprob(logits: Float32Array, token: number, count: number): TokenLogprob {
  let max = -Infinity
  for (const logit of logits) if (logit > max) max = logit
  let sum = 0
  for (const logit of logits) sum += Math.exp(logit - max)
  const base = max + Math.log(sum)
  const of = (i: number) => ({ token: i, logprob: logits[i]! - base })
  return { ...of(token), top: likeliest(logits, count).map(of) }
}

function likeliest(logits: Float32Array, count: number): number[] {
  const best: number[] = []
  if (count === 0) return best
  for (let i = 0; i < logits.length; i++) {
    if (best.length === count && logits[i]! <= logits[best[count - 1]!]!) continue
    let at = best.length
    while (at > 0 && logits[best[at - 1]!]! < logits[i]!) at--
    best.splice(at, 0, i)
    if (best.length > count) best.pop()
  }
  return best
}
