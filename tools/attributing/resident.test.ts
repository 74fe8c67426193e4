import { expect, test } from 'vitest'
import type { Blobs } from '../../store/index.ts'
import { resident } from './resident.ts'

const home = () => ({}) as Blobs

test('a value is made once, also for two who ask at once, and again in another home', async () => {
  const blobs = home()
  let made = 0
  const ask = (where: Blobs) => resident(where, { key: 'a', bytes: 1 }, async () => ++made)
  expect(await Promise.all([ask(blobs), ask(blobs)])).toEqual([1, 1])
  expect(await ask(blobs)).toBe(1)
  expect(await ask(home())).toBe(2)
})

test('over 256 MiB the one not used for longest goes; one alone may be larger; a failure is tried again', async () => {
  const blobs = home()
  const made: string[] = []
  const ask = (key: string, mebibytes: number) =>
    resident(blobs, { key, bytes: mebibytes * 2 ** 20 }, async () => made.push(key))
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(key, 100)
  expect(made.join('')).toBe('abcb')
  await ask('large', 300)
  await ask('large', 300)
  await ask('a', 100)
  expect(made.slice(4)).toEqual(['large', 'a'])
  const fails = resident(blobs, { key: 'x', bytes: 1 }, async () => Promise.reject(new Error('not there')))
  await expect(fails).rejects.toThrow('not there')
  expect(await resident(blobs, { key: 'x', bytes: 1 }, async () => 'there')).toBe('there')
})
