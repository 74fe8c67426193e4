import { expect, test } from 'vitest'
import { slowLinearScores } from '../slowLinearScores.ts'
import { randomRows } from '../testing/randomRows.ts'
import { gradientDot } from './gradientDot.ts'

test('a score is the dot product of two gradients, positive for the sample itself', async () => {
  const { matrix, rows, row } = randomRows({ n: 6, p: 11, seed: 4 }, 4)
  const method = gradientDot({ rows, samples: 6 })
  const scores = await method.score({ gradient: row(2) })
  const slow = slowLinearScores(row(2), matrix)
  for (const i of scores.keys()) expect(scores[i]).toBeCloseTo(slow[i]!, 12)
  expect(scores[2]).toBeGreaterThan(0)
})
