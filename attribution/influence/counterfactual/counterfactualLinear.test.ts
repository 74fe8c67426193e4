import { expect, test } from 'vitest'
import { counterfactualLinear } from './counterfactualLinear.ts'

test('on a loss that is linear in theta a group scores exactly the loss gained by its removal: +3 helped, -2 harmed, 0 nothing', async () => {
  const theta = Float32Array.of(1, 2)
  const gradient = Float32Array.of(2, -1) // loss = 2 a - b
  const loss = ([a, b]: Float32Array) => 2 * a! - b!
  const thetasWithout = [Float32Array.of(2, 1), Float32Array.of(0.5, 3), Float32Array.of(1, 2)]
  const method = counterfactualLinear({ theta, thetasWithout })
  const scores = await method.score({ gradient })
  expect([...scores]).toEqual(thetasWithout.map((without) => loss(without) - loss(theta)))
  expect([...scores]).toEqual([3, -2, 0])
  expect(method).toMatchObject({ id: 'counterfactual-linear/1', role: 'group', count: 3 })
})

test('an adapter of 3 parameters among adapters of 2, and a NaN in one, are refused', async () => {
  const theta = Float32Array.of(1, 2)
  expect(() => counterfactualLinear({ theta, thetasWithout: [theta, new Float32Array(3)] })).toThrow(
    expect.objectContaining({ code: 'attribution/shape', facts: { group: 1, theta: 2, thetaWithout: 3 } }),
  )
  const method = counterfactualLinear({ theta, thetasWithout: [Float32Array.of(1, Number.NaN)] })
  await expect(method.score({ gradient: theta })).rejects.toEqual(
    expect.objectContaining({ code: 'attribution/not-finite' }),
  )
})
