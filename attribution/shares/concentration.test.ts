import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concentration, giniPpm, lorenzCurve, topSharePpm } from './concentration.ts'

const amounts = fc.array(fc.bigInt({ min: 0n, max: 10n ** 30n }), { minLength: 1, maxLength: 60 })
const runs = { numRuns: 500, seed: 11 }

describe('concentration', () => {
  test('equal amounts: Gini 0, and the largest of 20 has 5 %, ten of them 50 %', () => {
    expect(concentration(Array.from({ length: 20 }, () => 7n))).toEqual({
      count: 20,
      giniPpm: 0,
      top1Ppm: 50_000,
      top10Ppm: 500_000,
    })
  })

  test('one of n has everything: (n - 1) / n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.bigInt({ min: 1n, max: 10n ** 30n }), (n, amount) => {
        const all = [amount, ...Array.from({ length: n - 1 }, () => 0n)]
        expect(giniPpm(all)).toBe(Math.floor((1_000_000 * (n - 1)) / n))
        expect(topSharePpm(all, 1)).toBe(1_000_000)
      }),
      runs,
    )
  })

  test('1, 2, 3 and 4 have a Gini of 1/4, by the pairwise definition too', () => {
    expect(giniPpm([4n, 1n, 3n, 2n])).toBe(250_000)
    fc.assert(
      fc.property(amounts, (all) => {
        const sum = all.reduce((a, b) => a + b, 0n)
        if (sum === 0n) return
        const differences = all.flatMap((a) => all.map((b) => (a > b ? a - b : b - a))).reduce((a, b) => a + b, 0n)
        expect(giniPpm(all)).toBe(Number((1_000_000n * differences) / (2n * BigInt(all.length) * sum)))
      }),
      runs,
    )
  })

  test('neither order nor scale changes anything', () => {
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 1n, max: 10n ** 18n }), (all, scale) => {
        const before = concentration(all)
        expect(concentration(all.toReversed())).toEqual(before)
        expect(concentration(all.map((amount) => amount * scale))).toEqual(before)
        expect(lorenzCurve(all.map((amount) => amount * scale))).toEqual(lorenzCurve(all.toReversed()))
      }),
      runs,
    )
  })

  test('nobody and nothing are 0', () => {
    for (const none of [[], [0n], [0n, 0n]])
      expect(concentration(none)).toEqual({ count: none.length, giniPpm: 0, top1Ppm: 0, top10Ppm: 0 })
    expect(lorenzCurve([0n, 0n])).toEqual([])
  })

  test('a Lorenz curve rises from 0 to 1 under the diagonal, never falls, and has at most 100 points', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 10n ** 20n }), { minLength: 1, maxLength: 400 }), (all) => {
        const curve = lorenzCurve(all)
        if (all.every((amount) => amount === 0n)) return expect(curve).toEqual([])
        expect(curve.length).toBeLessThanOrEqual(100)
        expect(curve[0]).toEqual({ peoplePpm: 0, sharePpm: 0 })
        expect(curve.at(-1)).toEqual({ peoplePpm: 1_000_000, sharePpm: 1_000_000 })
        for (const [i, { peoplePpm, sharePpm }] of curve.entries()) {
          // Rounded down, each on its own.
          expect(sharePpm).toBeLessThanOrEqual(peoplePpm + 1)
          if (i > 0) expect(sharePpm).toBeGreaterThanOrEqual(curve[i - 1]!.sharePpm)
        }
      }),
      runs,
    )
  })
})
