import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomRows } from '../testing/randomRows.ts'
import { sandwich, slowInverse } from '../testing/slowInverse.ts'
import { cholesky, solveCholesky } from './cholesky.ts'
import { fisher } from './fisher.ts'

const sizes = fc.record({ n: fc.integer({ min: 1, max: 9 }), p: fc.integer({ min: 1, max: 7 }), seed: fc.nat(1e6) })

test('solved in the dual, scores equal those of the explicit inverse [P, P] to 1e-9 (100 shapes, blocks of 1 to 4 rows)', async () => {
  await fc.assert(
    fc.asyncProperty(
      sizes,
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(0.01, 0.1, 3),
      async (size, atOnce, damping) => {
        const { n, p } = size
        const { matrix, rows, row } = randomRows(size, atOnce)
        const gradient = randomRows({ n: 1, p, seed: size.seed + 7 }).matrix
        const lambda = (damping * matrix.reduce((sum, x) => sum + x * x, 0)) / n
        const damped = Array.from({ length: p }, (_, a) =>
          Array.from({ length: p }, (_, b) => {
            let sum = 0
            for (let i = 0; i < n; i++) sum += row(i)[a]! * row(i)[b]!
            return sum / n + (a === b ? lambda : 0)
          }),
        )
        const inverse = slowInverse(damped)
        const method = await fisher({ rows, samples: n, parameters: p, damping })
        const scores = await method.score({ gradient })
        for (const i of scores.keys()) {
          const slow = sandwich(gradient, inverse, row(i)) / n
          expect(Math.abs(scores[i]! - slow)).toBeLessThan(1e-9 * (1 + Math.abs(slow)))
        }
      },
    ),
    { numRuns: 100 },
  )
})

test('under a huge damping it ranks as the gradient dot does: score x damping x trace = dot', async () => {
  const { matrix, rows, row } = randomRows({ n: 6, p: 5, seed: 3 })
  const method = await fisher({ rows, samples: 6, parameters: 5, damping: 1e9 })
  const scores = await method.score({ gradient: row(0) })
  const trace = matrix.reduce((sum, x) => sum + x * x, 0)
  for (const i of scores.keys()) {
    const along = row(i).reduce((sum, x, j) => sum + x * row(0)[j]!, 0)
    expect(scores[i]! * 1e9 * trace).toBeCloseTo(along, 6)
  }
  expect(scores[0]).toBeGreaterThan(0)
})

test('cholesky of [[4, 2], [2, 5]] is [[2, 0], [1, 2]], and solves it for [8, 9] as [1.375, 1.25]', () => {
  const factor = cholesky(Float64Array.of(4, 2, 2, 5), 2)
  expect([...factor]).toEqual([2, 0, 1, 2])
  expect([...solveCholesky(factor, Float64Array.of(8, 9))]).toEqual([1.375, 1.25])
})

test('samples without any gradient, a damping of 0, rows of another run and a NaN are refused', async () => {
  const { rows } = randomRows({ n: 3, p: 4, seed: 1 })
  const code = (what: string): unknown => expect.objectContaining({ code: `attribution/${what}` })
  const none = () => [{ first: 0, rows: new Float32Array(12) }]
  await expect(fisher({ rows: none, samples: 3, parameters: 4 })).rejects.toEqual(code('not-definite'))
  await expect(fisher({ rows, samples: 3, parameters: 4, damping: 0 })).rejects.toEqual(code('damping'))
  await expect(fisher({ rows, samples: 4, parameters: 4 })).rejects.toEqual(code('shape'))
  await expect(fisher({ rows, samples: 3, parameters: 5 })).rejects.toEqual(code('shape'))
  const broken = () => [{ first: 0, rows: new Float32Array(12).fill(Number.NaN, 7, 8) }]
  await expect(fisher({ rows: broken, samples: 3, parameters: 4 })).rejects.toEqual(code('not-finite'))
  const method = await fisher({ rows, samples: 3, parameters: 4 })
  await expect(method.score({ gradient: new Float32Array(5) })).rejects.toEqual(code('shape'))
})
