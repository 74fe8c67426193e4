import { expect, test } from 'vitest'
import { createNodeCalls } from './nodeCalls.ts'

test('of 2,100 calls 1,900 are at work at once, and the others have their turn in order, as those end', async () => {
  const calls = createNodeCalls(() => 'graph')
  const turns = Array.from({ length: 2_100 }, () => calls.enter())
  expect(turns.filter((turn) => turn === undefined)).toHaveLength(1_900)
  const had: number[] = []
  for (const [i, turn] of turns.entries()) void turn?.then(() => had.push(i))
  for (let ended = 0; ended < 3; ended++) calls.leave()
  await Promise.resolve()
  expect(had).toEqual([1_900, 1_901, 1_902])
  for (let ended = 0; ended < 2_097; ended++) calls.leave()
  await Promise.resolve()
  expect(had).toHaveLength(200)
  expect(calls.enter()).toBeUndefined()
})
