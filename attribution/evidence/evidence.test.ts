import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linearDatamodelingScore } from './linearDatamodelingScore.ts'
import { predictedChanges } from './predictedChanges.ts'
import { rankCorrelation } from './rankCorrelation.ts'
import { shareDistance } from './shareDistance.ts'

/** Uniform numbers by Lehmer's rule: seeded, for tests. */
function uniformOf(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}
const values = (count: number, uniform: () => number) => Array.from({ length: count }, () => uniform() - 0.5)
const rows = (queries: number, masks: number, seed: number) => {
  const uniform = uniformOf(seed)
  return Array.from({ length: queries }, () => values(masks, uniform))
}

/** Spearman by its definition: Pearson over mid-ranks that are counted one by one. */
function slowSpearman(a: number[], b: number[]): number {
  const ranks = (all: number[]) =>
    all.map((x) => all.filter((y) => y < x).length + (all.filter((y) => y === x).length + 1) / 2)
  const [p, q] = [ranks(a), ranks(b)]
  const mean = (a.length + 1) / 2
  const dot = (x: number[], y: number[]) => x.reduce((sum, v, i) => sum + (v - mean) * (y[i]! - mean), 0)
  return dot(p, q) / Math.sqrt(dot(p, p) * dot(q, q))
}

const lists = fc
  .integer({ min: 3, max: 30 })
  .chain((length) =>
    fc.tuple(
      fc.array(fc.integer({ min: -4, max: 4 }), { minLength: length, maxLength: length }),
      fc.array(fc.integer({ min: -4, max: 4 }), { minLength: length, maxLength: length }),
    ),
  )

test('rank correlation agrees with its definition to 1e-12, ties included, and is 0 for a constant (1,000 random lists)', () => {
  fc.assert(
    fc.property(lists, ([a, b]) => {
      const wanted = slowSpearman(a, b)
      expect(rankCorrelation(a, b)).toBeCloseTo(Number.isNaN(wanted) ? 0 : wanted, 12)
    }),
    { numRuns: 1_000 },
  )
  expect(rankCorrelation([1, 2, 2, 4], [1, 3, 2, 4])).toBeCloseTo(0.9486832980505138, 12) // scipy.stats.spearmanr
})

test('a strictly rising map of either side changes no rank correlation, a falling one its sign', () => {
  fc.assert(
    fc.property(lists, ([a, b]) => {
      const before = rankCorrelation(a, b)
      expect(rankCorrelation(a.map(Math.exp), b)).toBe(before)
      expect(
        rankCorrelation(
          a,
          b.map((x) => x ** 3 + x),
        ),
      ).toBe(before)
      expect(
        rankCorrelation(
          a.map((x) => -2 * x),
          b,
        ),
      ).toBeCloseTo(-before, 12)
    }),
  )
})

test('a perfect prediction scores 1 with a bound of 1, its negative -1, and one that is constant 0', () => {
  const actual = rows(5, 20, 1)
  const score = (predicted: number[][]) => linearDatamodelingScore([{ predicted, actual }], { uniform: uniformOf(3) })
  expect(score(actual)).toMatchObject({ mean: 1, queries: 5, masks: 20 })
  expect(score(actual).lower90).toBeCloseTo(1, 12)
  expect(score(actual.map((row) => row.map((x) => -x))).mean).toBeCloseTo(-1, 12)
  expect(score(actual.map((row) => row.map(() => 7)))).toMatchObject({ mean: 0, lower90: 0 })
})

test('a shuffled prediction of 40 queries over 64 masks scores 0 within .06, and its bound lies below', () => {
  const { mean, lower90 } = linearDatamodelingScore([{ predicted: rows(40, 64, 5), actual: rows(40, 64, 6) }], {
    uniform: uniformOf(7),
  })
  expect(Math.abs(mean)).toBeLessThan(0.06)
  expect(lower90).toBeLessThan(mean)
})

test('the mean is over the queries of all studies, each by its own masks', () => {
  const good = rows(3, 12, 1)
  const bad = rows(1, 30, 2)
  const studies = [
    { predicted: good, actual: good },
    { predicted: bad.map((row) => row.map((x) => -x)), actual: bad },
  ]
  const { mean, masks } = linearDatamodelingScore(studies, { uniform: uniformOf(1), resamples: 3 })
  expect(mean).toBeCloseTo((3 * 1 - 1) / 4, 12)
  expect(masks).toBe(12)
})

test('the bound is the same for the same seed, and covers the true mean in 9 of 10 draws or more', () => {
  const uniform = uniformOf(11)
  // Noise over a common signal: the score of very many queries and masks is known by drawing very many.
  const study = (queries: number, masks: number) => {
    const shared = values(masks, uniform)
    const actual = Array.from({ length: queries }, () => shared.map((x) => x + 0.3 * (uniform() - 0.5)))
    return { predicted: actual.map((row) => row.map((x) => x + 0.6 * (uniform() - 0.5))), actual }
  }
  const truth = linearDatamodelingScore([study(200, 400)], { uniform, resamples: 1 }).mean
  const below = Array.from({ length: 40 }, () => {
    const one = [study(8, 24)]
    const [first, second] = [4, 4].map((seed) => linearDatamodelingScore(one, { uniform: uniformOf(seed) }))
    expect(first).toEqual(second)
    expect(first!.lower90).toBeLessThan(first!.mean)
    return first!.lower90 <= truth
  })
  expect(below.filter(Boolean).length).toBeGreaterThanOrEqual(36)
})

test('the bound falls below the mean by the draw of masks alone, and by the draw of queries alone', () => {
  const [predicted, actual] = [rows(1, 24, 8)[0]!, rows(1, 24, 9)[0]!]
  const same = Array.from({ length: 6 }, () => predicted)
  const byMasks = [{ predicted: same, actual: same.map(() => predicted.map((x, m) => x + 0.5 * actual[m]!)) }]
  const half = rows(6, 24, 10)
  const byQueries = [{ predicted: half, actual: half.map((row, q) => row.map((x) => (q % 2 === 0 ? x : -x))) }]
  for (const studies of [byMasks, byQueries]) {
    const { mean, lower90 } = linearDatamodelingScore(studies, { uniform: uniformOf(5) })
    expect(lower90).toBeLessThan(mean - 0.02)
  }
})

test('removing a sample that helped by 2 predicts a rise of 2, halving it 1, and from a half on only what is left', () => {
  const scores = [2, -1, 5]
  const masks = [
    [0, 1, 1],
    [0.5, 1, 1],
    [1, 0, 0],
  ]
  expect([...predictedChanges(scores, masks)]).toEqual([2, 1, 4])
  expect([...predictedChanges(scores, masks.slice(0, 1), [0.5, 0.5, 0.5])]).toEqual([1 + 0.5 - 2.5])
  expect(() => predictedChanges(scores, [[1, 1]])).toThrow(expect.objectContaining({ code: 'attribution/shape' }))
})

test('shares differ by the money that moves: 0 for the same, .25 for a quarter, 1 for nobody in common', () => {
  expect(shareDistance([1, 3], [2, 6])).toBe(0)
  expect(shareDistance([1, 1], [3, 1])).toBe(0.25)
  expect(shareDistance([1, 0], [0, 9])).toBe(1)
  expect(shareDistance([0, 0], [0, 0])).toBe(0)
  expect(shareDistance([0, 0], [1, 0])).toBe(1)
  expect(() => shareDistance([1], [1, 2])).toThrow(expect.objectContaining({ code: 'attribution/shape' }))
  expect(() => shareDistance([-1, 2], [1, 2])).toThrow(expect.objectContaining({ code: 'attribution/shape' }))
})

test('sides of different length, one value and a NaN are refused', () => {
  expect(() => rankCorrelation([1, 2], [1])).toThrow(expect.objectContaining({ code: 'attribution/shape' }))
  expect(() => rankCorrelation([1], [1])).toThrow(expect.objectContaining({ code: 'attribution/shape' }))
  expect(() => rankCorrelation([1, Number.NaN], [1, 2])).toThrow(
    expect.objectContaining({ code: 'attribution/not-finite' }),
  )
})
