import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apportion } from './apportion.ts'

const total = fc.bigInt(0n, 2n ** 256n - 1n)
const weight = fc.oneof(fc.bigInt(0n, 9n), fc.bigInt(0n, 2n ** 60n))
const weights = fc.array(weight, { minLength: 1, maxLength: 12 }).filter((ws) => ws.some((w) => w > 0n))
const sum = (xs: bigint[]) => xs.reduce((a, b) => a + b, 0n)

test('parts sum to the total, stay within 1 of the exact quota, and weight 0 gets 0 (2,000 cases)', () => {
  fc.assert(
    fc.property(total, weights, (amount, ws) => {
      const parts = apportion(amount, ws)
      expect(sum(parts)).toBe(amount)
      for (const [i, part] of parts.entries()) {
        const scaled = part * sum(ws) - amount * ws[i]!
        expect(scaled > -sum(ws) && scaled < sum(ws)).toBe(true)
        if (ws[i] === 0n) expect(part).toBe(0n)
      }
    }),
    { numRuns: 2000 },
  )
})

test('a larger weight never gets less, and equal weights differ by at most 1 (2,000 cases)', () => {
  fc.assert(
    fc.property(fc.oneof(fc.bigInt(0n, 50n), total), weights, (amount, ws) => {
      const parts = apportion(amount, ws)
      for (const i of ws.keys()) {
        for (const j of ws.keys()) {
          if (ws[i]! > ws[j]!) expect(parts[i]! >= parts[j]!).toBe(true)
          if (ws[i] === ws[j]) expect(parts[i]! - parts[j]! <= 1n).toBe(true)
        }
      }
    }),
    { numRuns: 2000 },
  )
})

test('a weight that grows alone never loses (2,000 cases)', () => {
  fc.assert(
    fc.property(fc.oneof(fc.bigInt(0n, 50n), total), weights, weight, fc.nat(), (amount, ws, more, at) => {
      const i = at % ws.length
      expect(apportion(amount, ws.with(i, ws[i]! + more))[i]! >= apportion(amount, ws)[i]!).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('100 by three equal weights is 34, 33, 33; 1 by 2 : 2 : 1 goes to the first of the heaviest', () => {
  expect(apportion(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n])
  expect(apportion(1n, [2n, 2n, 1n])).toEqual([1n, 0n, 0n])
  expect(apportion(3n, [1n, 3n, 2n])).toEqual([0n, 2n, 1n])
  expect(apportion(7n, [0n, 5n])).toEqual([0n, 7n])
  expect(apportion(0n, [0n, 0n])).toEqual([0n, 0n])
})

test('of equal remainders the larger weight comes first: 2 by 1, 3 is 0, 2', () => {
  expect(apportion(2n, [1n, 3n])).toEqual([0n, 2n])
})

test('something over weights that are all 0, and anything negative, are coded errors', () => {
  expect(() => apportion(1n, [0n, 0n])).toThrow(expect.objectContaining({ code: 'attribution/no-weight' }))
  expect(() => apportion(-1n, [1n])).toThrow(expect.objectContaining({ code: 'attribution/negative' }))
  expect(() => apportion(1n, [2n, -1n])).toThrow(expect.objectContaining({ code: 'attribution/negative' }))
})
