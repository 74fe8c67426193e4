import { expect, test } from 'vitest'
import { digestText } from '../../kernel/index.ts'
import { groupOf, groupsOf, queueOf } from './answerGroups.ts'

const names = (n: number): string[] => Array.from({ length: n }, (_, i) => `worker ${i}`)
const owners = (workers: string[], groups: number): Map<number, string> =>
  new Map(workers.flatMap((worker) => groupsOf(worker, workers, groups).map((group) => [group, worker] as const)))

test('every group has one worker, and each of 4 workers has a fair part of 256 groups', () => {
  const owned = owners(names(4), 256)
  expect(owned.size).toBe(256)
  for (const worker of names(4)) {
    const count = [...owned.values()].filter((owner) => owner === worker).length
    expect(count).toBeGreaterThan(40)
    expect(count).toBeLessThan(90)
  }
})

test('a fifth worker takes groups only for itself, and gives back just those when it goes', () => {
  const four = owners(names(4), 256)
  const five = owners(names(5), 256)
  const moved = [...five].filter(([group, owner]) => four.get(group) !== owner)
  expect(moved.every(([, owner]) => owner === 'worker 4')).toBe(true)
  expect(moved.length).toBeGreaterThan(30)
  expect(moved.length).toBeLessThan(80)
})

test('1,000 adapters fall into all of 16 groups, and one number of groups never shares a queue with another', () => {
  const groups = new Set(Array.from({ length: 1_000 }, (_, i) => groupOf(digestText(`adapter ${i}`), 16)))
  expect(groups.size).toBe(16)
  expect(queueOf(3, 8)).not.toBe(queueOf(3, 16))
  expect(groupsOf('worker 0', [], 8)).toEqual([])
})
