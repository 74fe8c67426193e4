import { expect, test } from 'vitest'
import { pauseMs } from './callsOfNodes.ts'

test('a step that emits without end sends 250 signals in its first 9 minutes, and under 10,000 in its first 5 days', () => {
  let [sent, atMs] = [0, 0]
  const sentBy = (untilMs: number) => {
    for (; atMs < untilMs; sent++) atMs += pauseMs(sent)
    return sent
  }
  expect(pauseMs(0)).toBe(200)
  expect(sentBy(9 * 60_000)).toBeGreaterThan(250)
  expect(sentBy(5 * 24 * 3_600_000)).toBeLessThan(10_000)
})
