import { expect, test } from 'vitest'
import { hiddenCosine } from './hiddenCosine.ts'

const gradient = new Float32Array()

test('a state scores 1 with itself at any length, -1 with its opposite, .6 at that angle, and 0 with nothing', async () => {
  const states = Float32Array.of(10, 0, -3, 0, 3, 4, 0, 0)
  const rows = () => [
    { first: 0, rows: states.slice(0, 4) },
    { first: 2, rows: states.slice(4) },
  ]
  const method = hiddenCosine({ rows, samples: 4 })
  const scores = await method.score({ gradient, hidden: Float32Array.of(0.5, 0) })
  expect([...scores]).toEqual([1, -1, 0.6, 0])
  expect(method.family).toBe('similarity')
  expect([...(await method.score({ gradient, hidden: new Float32Array(2) }))]).toEqual([0, 0, 0, 0])
})

test('an answer without a hidden state, and one of another width, are refused', async () => {
  const method = hiddenCosine({ rows: () => [{ first: 0, rows: new Float32Array(6) }], samples: 3 })
  await expect(method.score({ gradient })).rejects.toEqual(expect.objectContaining({ code: 'attribution/query' }))
  const wide = method.score({ gradient, hidden: new Float32Array(3) })
  await expect(wide).rejects.toEqual(expect.objectContaining({ code: 'attribution/shape' }))
})
