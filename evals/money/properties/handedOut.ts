/**
 * Largest remainder as one would do it by hand, to hold apportion against: whole parts first, then wei by wei to whoever has the
 * largest remainder left, of equals to the larger weight, of these to the one that stands first. Cost: n for each wei left.
 */
export function handedOut(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n)
  const parts = weights.map((weight) => (total * weight) / sum)
  const remainders = weights.map((weight) => (total * weight) % sum)
  for (let left = total - parts.reduce((a, b) => a + b, 0n); left > 0n; left--) {
    let next = 0
    for (let i = 1; i < weights.length; i++) {
      const [own, best] = [remainders[i]!, remainders[next]!]
      if (own > best || (own === best && weights[i]! > weights[next]!)) next = i
    }
    parts[next]! += 1n
    // It had its wei: behind everybody.
    remainders[next] = -1n
  }
  return parts
}
