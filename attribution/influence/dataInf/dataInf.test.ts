import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomRows } from '../testing/randomRows.ts'
import { sandwich, slowInverse } from '../testing/slowInverse.ts'
import { dataInf } from './dataInf.ts'

const sizes = fc.record({ n: fc.integer({ min: 1, max: 8 }), p: fc.integer({ min: 3, max: 9 }), seed: fc.nat(1e6) })

/** The definition: for each segment the mean of N explicit inverses. */
function slowDataInf(
  gradient: Float32Array,
  gradients: readonly Float32Array[],
  segments: readonly { from: number; to: number }[],
  damping: number,
): number[] {
  const scores = gradients.map(() => 0)
  for (const { from, to } of segments) {
    const part = gradients.map((row) => row.subarray(from, to))
    const squares = part.map((row) => row.reduce((sum, x) => sum + x * x, 0))
    const lambda = (damping * squares.reduce((sum, x) => sum + x, 0)) / part.length / (to - from)
    for (const outer of part) {
      const damped = [...outer].map((x, a) => [...outer].map((y, b) => x * y + (a === b ? lambda : 0)))
      const inverse = slowInverse(damped)
      for (const [k, row] of part.entries()) {
        scores[k]! += sandwich(gradient.subarray(from, to), inverse, row) / part.length / part.length
      }
    }
  }
  return scores
}

test('scores equal the mean of N explicit inverses a segment to 1e-5 of the largest (100 shapes, blocks of 1 to 4 rows)', async () => {
  await fc.assert(
    fc.asyncProperty(
      sizes,
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(0.1, 1, 10),
      async (size, atOnce, damping) => {
        const { n, p } = size
        const { rows, row } = randomRows(size, atOnce)
        const segments = [
          { from: 0, to: 2 },
          { from: 2, to: p },
        ]
        const gradient = randomRows({ n: 1, p, seed: size.seed + 7 }).matrix
        const method = await dataInf({ rows, samples: n, segments, damping })
        const scores = await method.score({ gradient })
        const gradients = Array.from({ length: n }, (_, i) => row(i))
        const slow = slowDataInf(gradient, gradients, segments, damping)
        const largest = Math.max(...slow.map(Math.abs))
        for (const i of scores.keys()) expect(Math.abs(scores[i]! - slow[i]!)).toBeLessThanOrEqual(1e-5 * largest)
      },
    ),
    { numRuns: 100, seed: 7 },
  )
})

test('a segment that no sample moves adds nothing, whatever the answer asks there', async () => {
  const rows = () => [{ first: 0, rows: Float32Array.of(1, 0, 0, 2, 0, 0) }]
  const method = await dataInf({
    rows,
    samples: 2,
    segments: [
      { from: 0, to: 1 },
      { from: 1, to: 3 },
    ],
  })
  expect(await method.score({ gradient: Float32Array.of(1, 9, 9) })).toEqual(
    await method.score({ gradient: Float32Array.of(1, 0, 0) }),
  )
})

test('segments with a gap, none at all, a damping of 0 and a gradient of another length are refused', async () => {
  const { rows } = randomRows({ n: 2, p: 4, seed: 1 })
  const segments = [{ from: 0, to: 4 }]
  const code = (what: string): unknown => expect.objectContaining({ code: `attribution/${what}` })
  const gap = [
    { from: 0, to: 1 },
    { from: 2, to: 4 },
  ]
  await expect(dataInf({ rows, samples: 2, segments: gap })).rejects.toEqual(code('segments'))
  await expect(dataInf({ rows, samples: 2, segments: [] })).rejects.toEqual(code('segments'))
  await expect(dataInf({ rows, samples: 2, segments, damping: 0 })).rejects.toEqual(code('segments'))
  await expect(dataInf({ rows, samples: 3, segments })).rejects.toEqual(code('shape'))
  const method = await dataInf({ rows, samples: 2, segments })
  await expect(method.score({ gradient: new Float32Array(5) })).rejects.toEqual(code('query'))
})
