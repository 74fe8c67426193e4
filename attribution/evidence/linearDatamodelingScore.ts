import { correlationOfRanks, rankable } from './rankCorrelation.ts'

/**
 * What a method said and what retraining showed, for the answers and masks of one training run: each side has a row for
 * each query with the change of its loss (nats) under each mask.
 */
export type Study = {
  predicted: readonly ArrayLike<number>[]
  actual: readonly ArrayLike<number>[]
}

export type Evidence = {
  /** Mean over the queries of all studies. */
  mean: number
  /** 5th percentile of the bootstrap: the lower end of its interval of 90 %. */
  lower90: number
  queries: number
  masks: number
}

/**
 * The linear datamodeling score: how well a method orders what removing sets of samples does to an answer.
 *
 *   LDS = mean over queries of spearman over masks of (predicted, actual change of the loss)
 *
 * with a bootstrap that draws queries *and* masks again, with repeats, inside each study: one lucky set of masks must not
 * look like certainty. `uniform` gives its draws, so the same seed gives the same bound.
 * Cost: resamples · queries · masks. Source: TRAK (arXiv 2303.14186) §2. Throws attribution/shape, attribution/not-finite.
 */
export function linearDatamodelingScore(
  studies: readonly Study[],
  { uniform, resamples = 400 }: { uniform: () => number; resamples?: number },
): Evidence {
  const pairs = studies.map(({ predicted, actual }) => predicted.map((row, q) => rankable(row, actual[q] ?? [])))
  const draw = (count: number): Int32Array => {
    const counts = new Int32Array(count)
    for (let i = 0; i < count; i++) counts[Math.floor(uniform() * count)]!++
    return counts
  }
  const score = (again: boolean): number => {
    let [sum, total] = [0, 0]
    for (const study of pairs) {
      const size = study[0]?.a.length ?? 0
      const masks = again ? draw(size) : new Int32Array(size).fill(1)
      const queries = again ? draw(study.length) : new Int32Array(study.length).fill(1)
      for (const [q, count] of queries.entries()) {
        if (count > 0) sum += count * correlationOfRanks(study[q]!, masks)
        total += count
      }
    }
    return sum / total
  }
  const mean = score(false)
  const drawn = Float64Array.from({ length: resamples }, () => score(true)).toSorted()
  return {
    mean,
    lower90: drawn[Math.floor(0.05 * (resamples - 1))] ?? mean,
    queries: pairs.reduce((sum, study) => sum + study.length, 0),
    masks: Math.min(...pairs.map((study) => study[0]?.a.length ?? 0)),
  }
}
