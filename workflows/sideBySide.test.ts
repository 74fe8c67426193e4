import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sideBySide } from './sideBySide.ts'

test('works on 10 items, 3 at a time, each once and begun in order; the failure of one is told', async () => {
  let now = 0
  let most = 0
  const begun: number[] = []
  await sideBySide(Array.from({ length: 10 }, (_, i) => i), 3, async (i) => {
    begun.push(i)
    most = Math.max(most, ++now)
    await sleep(10 - i)
    now--
  }) // prettier-ignore
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(most).toBe(3)
  const failing = sideBySide([1, 2, 3], 2, (i) => (i === 2 ? Promise.reject(new Error('two')) : Promise.resolve()))
  await expect(failing).rejects.toThrow('two')
})
