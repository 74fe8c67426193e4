import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linearScores } from './linearScores.ts'
import { residentRows } from './residentRows.ts'

const filled = (rows: Float32Array, parameters: number) => {
  const resident = residentRows(rows.length / parameters, parameters)
  resident.rows.set(rows)
  return resident
}

test('kept rows score to the bit what plain loops score, again and again (300 shapes with P from 1 to 70)', () => {
  const floats = (length: number) =>
    fc.float32Array({ minLength: length, maxLength: length, noNaN: true, noDefaultInfinity: true })
  const shapes = fc
    .tuple(fc.integer({ min: 1, max: 70 }), fc.nat(5))
    .chain(([p, n]) => fc.tuple(floats(p), floats(p), floats(n * p)))
  fc.assert(
    fc.property(shapes, ([gradient, other, rows]) => {
      const resident = filled(rows, gradient.length)
      expect(resident.scores(gradient)).toEqual(linearScores(gradient, rows))
      expect(resident.scores(other)).toEqual(linearScores(other, rows))
    }),
    { numRuns: 300 },
  )
})

test('a gradient of another length, a NaN and an infinity are refused as by linearScores', () => {
  const resident = filled(new Float32Array(40).fill(1), 20)
  const code = (what: string): unknown => expect.objectContaining({ code: `attribution/${what}` })
  expect(() => resident.scores(new Float32Array(9))).toThrow(code('shape'))
  expect(() => resident.scores(new Float32Array(20).fill(0, 0, 19).fill(Number.NaN, 19))).toThrow(code('not-finite'))
  resident.rows[33] = Infinity
  expect(() => resident.scores(new Float32Array(20))).toThrow(
    expect.objectContaining({ code: 'attribution/not-finite', facts: { where: 'row 1', at: 13, value: 'Infinity' } }),
  )
})
