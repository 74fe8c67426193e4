import { expect, test } from 'vitest'
import { counterfactualForward } from './counterfactualForward.ts'
import { counterfactualLinear } from './counterfactualLinear.ts'

const theta = Float32Array.of(1, 2)
const gradient = Float32Array.of(2, 3)
// loss = a² + a b - b, its gradient at theta: [2 a + b, a - 1] = [4, 0].
const loss = ([a, b]: Float32Array) => a! ** 2 + a! * b! - b!
const lossesAt = async (thetas: readonly Float32Array[]) => thetas.map(loss)

test('a group scores the loss gained by its removal, also where the loss bends: 4 by the first order, 5 in truth', async () => {
  const thetasWithout = [Float32Array.of(2, 2), Float32Array.of(0.5, 2), theta]
  const forward = counterfactualForward({ theta, thetasWithout })
  expect([...(await forward.score({ gradient, lossesAt }))]).toEqual([5, -1.75, 0])
  const linear = counterfactualLinear({ theta, thetasWithout })
  expect([...(await linear.score({ gradient: Float32Array.of(4, 0) }))]).toEqual([4, -2, 0])
  expect(forward).toMatchObject({ id: 'counterfactual-forward/1', role: 'group', family: 'influence', count: 3 })
})

test('65 groups, adapters of two lengths, a query without losses, too few losses and a NaN are refused by their codes', async () => {
  const code = (what: string): unknown => expect.objectContaining({ code: `attribution/${what}` })
  const many = (count: number) => Array.from({ length: count }, () => theta)
  expect(counterfactualForward({ theta, thetasWithout: many(64) }).count).toBe(64)
  expect(() => counterfactualForward({ theta, thetasWithout: many(65) })).toThrow(
    expect.objectContaining({ code: 'attribution/group-budget', facts: { groups: 65, mostGroups: 64 } }),
  )
  expect(() => counterfactualForward({ theta, thetasWithout: [theta, new Float32Array(3)] })).toThrow(code('shape'))
  const method = counterfactualForward({ theta, thetasWithout: [theta] })
  await expect(method.score({ gradient })).rejects.toEqual(code('query'))
  await expect(method.score({ gradient, lossesAt: async () => [1] })).rejects.toEqual(code('shape'))
  await expect(method.score({ gradient, lossesAt: async () => [1, Number.NaN] })).rejects.toEqual(code('not-finite'))
})
