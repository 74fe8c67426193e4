/** How money lies among those who may get it. Integers only, in millionths, so that whoever recomputes it gets the same. */
export type Concentration = { count: number; giniPpm: number; top1Ppm: number; top10Ppm: number }

/** All of it at once. */
export function concentration(amounts: readonly bigint[]): Concentration {
  return {
    count: amounts.length,
    giniPpm: giniPpm(amounts),
    top1Ppm: topSharePpm(amounts, 1),
    top10Ppm: topSharePpm(amounts, 10),
  }
}

/**
 * The Gini coefficient: 0 where all have the same, (n-1)/n where one has everything.
 *
 *   G = (2 · sum of i · x[i] - (n + 1) · sum of x) / (n · sum of x),     x sorted upwards, i from 1; rounded down
 *
 * Independent of order and of scale. 0 for nobody and for nothing. Units: ppm. Cost: one sort. Source: Sen, On Economic
 * Inequality, ch. 2.
 */
export function giniPpm(amounts: readonly bigint[]): number {
  const sorted = ascending(amounts)
  const n = BigInt(sorted.length)
  const sum = sorted.reduce((total, amount) => total + amount, 0n)
  if (sum === 0n) return 0
  const weighted = sorted.reduce((total, amount, i) => total + BigInt(i + 1) * amount, 0n)
  return Number((1_000_000n * (2n * weighted - (n + 1n) * sum)) / (n * sum))
}

/** What part of it the `count` largest have together; rounded down, 0 where there is nothing. Units: ppm. Cost: one sort. */
export function topSharePpm(amounts: readonly bigint[], count: number): number {
  const sorted = ascending(amounts)
  const sum = sorted.reduce((total, amount) => total + amount, 0n)
  if (sum === 0n) return 0
  const top = sorted.slice(-count).reduce((total, amount) => total + amount, 0n)
  return Number((1_000_000n * top) / sum)
}

export type LorenzPoint = { peoplePpm: number; sharePpm: number }

/**
 * The Lorenz curve: what part of the money the poorest so and so many have. From (0, 0) to (1, 1), at most `most` points
 * evenly over the people, each rounded down. Empty where there is nothing. Cost: one sort.
 */
export function lorenzCurve(amounts: readonly bigint[], most = 100): LorenzPoint[] {
  const sorted = ascending(amounts)
  const sum = sorted.reduce((total, amount) => total + amount, 0n)
  if (sum === 0n) return []
  const n = sorted.length
  const steps = Math.min(n, most - 1)
  const ends = new Set(Array.from({ length: steps }, (_, i) => Math.ceil(((i + 1) * n) / steps)))
  const points: LorenzPoint[] = [{ peoplePpm: 0, sharePpm: 0 }]
  let below = 0n
  for (const [i, amount] of sorted.entries()) {
    below += amount
    if (!ends.has(i + 1)) continue
    points.push({ peoplePpm: Math.floor((1e6 * (i + 1)) / n), sharePpm: Number((1_000_000n * below) / sum) })
  }
  return points
}

function ascending(amounts: readonly bigint[]): bigint[] {
  return amounts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
