import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linearScores } from './linearScores.ts'
import { scoreRows, type RowBlock } from './scoreRows.ts'
import { slowLinearScores } from './slowLinearScores.ts'

const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e6), max: Math.fround(1e6) })
const matrix = fc
  .tuple(fc.integer({ min: 1, max: 41 }), fc.nat(6))
  .chain(([p, n]) =>
    fc.tuple(
      fc.float32Array({ minLength: p, maxLength: p, noNaN: true, noDefaultInfinity: true }),
      fc.array(finite, { minLength: n * p, maxLength: n * p }),
    ),
  )
  .map(([gradient, rows]) => ({ gradient, rows: Float32Array.from(rows) }))

test('the fast kernel agrees with the definition to 1e-13 of the size of its terms (500 shapes with P from 1 to 41)', () => {
  fc.assert(
    fc.property(matrix, ({ gradient, rows }) => {
      const fast = linearScores(gradient, rows)
      const slow = slowLinearScores(gradient, rows)
      const sizes = slowLinearScores(gradient.map(Math.abs), rows.map(Math.abs))
      expect(fast.length).toBe(rows.length / gradient.length)
      for (const i of fast.keys()) expect(Math.abs(fast[i]! - slow[i]!)).toBeLessThanOrEqual(1e-13 * sizes[i]!)
    }),
    { numRuns: 500 },
  )
})

test('products are summed in fp64: 2^24 + 1 - 2^24 is 1, which fp32 would lose', () => {
  expect([...linearScores(Float32Array.of(2 ** 24, 1, 2 ** 24), Float32Array.of(1, 1, -1))]).toEqual([1])
})

test('blocks of 1, 3 and 7 rows score like the whole matrix, to the bit', async () => {
  const p = 19
  const gradient = Float32Array.from({ length: p }, (_, i) => Math.sin(i))
  const rows = Float32Array.from({ length: 7 * p }, (_, i) => Math.cos(3 * i))
  function* blocks(size: number): Generator<RowBlock> {
    for (let first = 0; first < 7; first += size) yield { first, rows: rows.slice(first * p, (first + size) * p) }
  }
  for (const size of [1, 3, 7]) {
    expect(await scoreRows(gradient, () => blocks(size), 7)).toEqual(linearScores(gradient, rows))
  }
  const shape = expect.objectContaining({ code: 'attribution/shape' })
  await expect(scoreRows(gradient, () => blocks(3), 8)).rejects.toEqual(shape)
  await expect(scoreRows(gradient, () => blocks(3), 6)).rejects.toEqual(shape)
  await expect(scoreRows(gradient, () => [...blocks(3)].slice(1), 7)).rejects.toEqual(shape)
})

test('rows that are not a whole number of gradients, and an empty gradient, are refused', () => {
  const shape = expect.objectContaining({ code: 'attribution/shape' })
  expect(() => linearScores(new Float32Array(4), new Float32Array(6))).toThrow(shape)
  expect(() => linearScores(new Float32Array(0), new Float32Array(0))).toThrow(shape)
})

test.each([Number.NaN, Infinity, -Infinity])(
  '%d in the gradient or in a row is refused with its place, also times zero',
  (bad) => {
    const thrown = (where: string): unknown =>
      expect.objectContaining({ code: 'attribution/not-finite', facts: { where, at: 2, value: String(bad) } })
    const zeros = new Float32Array(9)
    expect(() => linearScores(Float32Array.of(0, 0, bad), zeros)).toThrow(thrown('gradient'))
    expect(() => linearScores(Float32Array.of(0, 0, bad), new Float32Array(0))).toThrow(thrown('gradient'))
    expect(() => linearScores(new Float32Array(3), zeros.with(5, bad))).toThrow(thrown('row 1'))
  },
)
