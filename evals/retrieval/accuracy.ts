/** How often the named contributor is the true one, with the interval of 90 % of a bootstrap over the texts. */
export type Accuracy = { value: number; low: number; high: number }

/** `right`: 1 for each text whose contributor was named, else 0. Cost: resamples · texts. */
export function accuracy(
  right: readonly number[],
  { uniform, resamples = 2_000 }: { uniform: () => number; resamples?: number },
): Accuracy {
  const meanOf = (pick: (i: number) => number): number => right.reduce((sum, _, i) => sum + pick(i), 0) / right.length
  const drawn = Float64Array.from({ length: resamples }, () =>
    meanOf(() => right[Math.floor(uniform() * right.length)]!),
  ).toSorted()
  const at = (share: number): number => drawn[Math.round(share * (resamples - 1))]!
  return { value: meanOf((i) => right[i]!), low: at(0.05), high: at(0.95) }
}
