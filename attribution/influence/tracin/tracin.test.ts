import { expect, test } from 'vitest'
import { slowLinearScores } from '../slowLinearScores.ts'
import { randomRows } from '../testing/randomRows.ts'
import { tracin } from './tracin.ts'

test('two checkpoints add up by their rates: .5 and .25 of each dot product', async () => {
  const first = randomRows({ n: 5, p: 7, seed: 1 }, 2)
  const second = randomRows({ n: 5, p: 7, seed: 2 }, 3)
  const queries = [first.row(3).slice(), second.row(0).slice()]
  const method = tracin({
    checkpoints: [
      { rate: 0.5, rows: first.rows },
      { rate: 0.25, rows: second.rows },
    ],
    samples: 5,
  })
  const scores = await method.score({ gradient: queries[1]!, checkpointGradients: queries })
  const dots = [first, second].map(({ matrix }, c) => slowLinearScores(queries[c]!, matrix))
  for (const i of scores.keys()) expect(scores[i]).toBeCloseTo(0.5 * dots[0]![i]! + 0.25 * dots[1]![i]!, 12)
})

test('with every step a checkpoint of plain SGD on linear losses, a score is the loss that removing the sample costs', async () => {
  // loss_i = row_i · theta: each visit moves theta by -rate/B row_i, so the answer loses rate/B (row_i · gradient) a visit.
  const { matrix, rows, row } = randomRows({ n: 4, p: 3, seed: 5 })
  const gradient = Float32Array.of(1, -2, 0.5)
  const rates = [0.3, 0.2, 0.1]
  const loss = (weights: readonly number[]): number => {
    const theta = [0, 0, 0]
    for (const rate of rates) {
      for (const [i, w] of weights.entries()) for (const j of theta.keys()) theta[j]! -= (rate / 4) * w * row(i)[j]!
    }
    return theta.reduce((sum, x, j) => sum + gradient[j]! * x, 0)
  }
  const method = tracin({ checkpoints: rates.map((rate) => ({ rate: rate / 4, rows })), samples: matrix.length / 3 })
  const scores = await method.score({ gradient, checkpointGradients: rates.map(() => gradient) })
  const all = [1, 1, 1, 1]
  for (const i of all.keys()) expect(scores[i]).toBeCloseTo(loss(all.with(i, 0)) - loss(all), 12)
})

test('an answer without its gradient at each checkpoint is refused', async () => {
  const { rows, row } = randomRows({ n: 2, p: 3, seed: 1 })
  const method = tracin({ checkpoints: [{ rate: 1, rows }], samples: 2 })
  const refused = expect.objectContaining({
    code: 'attribution/query',
    facts: { method: 'tracin/1', needs: 'checkpointGradients', expected: 1, found: 0 },
  })
  await expect(method.score({ gradient: row(0) })).rejects.toEqual(refused)
})
