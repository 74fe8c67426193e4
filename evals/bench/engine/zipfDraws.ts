/** `count` numbers below `size`, by Zipf's law: k with weight 1 / (k + 1). The same seed draws the same. */
export function zipfDraws(size: number, count: number, seed: number): number[] {
  const cumulative: number[] = []
  for (let k = 0; k < size; k++) cumulative.push((cumulative[k - 1] ?? 0) + 1 / (k + 1))
  let state = (seed * 2_654_435_761) >>> 0
  return Array.from({ length: count }, () => {
    // A linear congruential generator is random enough to pick who asks next.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const at = (state / 2 ** 32) * cumulative[size - 1]!
    return cumulative.findIndex((sum) => sum > at)
  })
}
