import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withLock } from './withLock.mjs'

const say = (): void => {}

test('eight processes that want one lock work one after another', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'lock-'))
  const script = join(dir, 'one.mjs')
  writeFileSync(
    script,
    `import { appendFileSync } from 'node:fs'
     import { withLock } from '${new URL('withLock.mjs', import.meta.url).href}'
     await withLock('${dir}/lock', { say: () => {}, work: async () => {
       appendFileSync('${dir}/log', 'in\\n'); await new Promise((r) => setTimeout(r, 30)); appendFileSync('${dir}/log', 'out\\n') } })`,
  )
  const children = Array.from({ length: 8 }, () => spawn(process.execPath, [script], { stdio: 'inherit' }))
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number))
  expect(codes).toEqual(Array(8).fill(0))
  expect(readFileSync(join(dir, 'log'), 'utf8')).toBe('in\nout\n'.repeat(8))
  expect(existsSync(join(dir, 'lock'))).toBe(false)
})

test('the lock of a dead process, and one with the pid of a living stranger, are taken', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'lock-'))
  const file = join(dir, 'lock')
  for (const pid of [2 ** 22 + 12345, process.pid]) {
    writeFileSync(file, JSON.stringify({ pid, start: 'long ago' }))
    expect(await withLock(file, { say, work: () => 'worked' })).toBe('worked')
  }
  appendFileSync(file, '{ damaged')
  expect(await withLock(file, { say, work: () => 'worked' })).toBe('worked')
})

test('work that fails gives the lock back', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'lock-')), 'lock')
  const failing = withLock(file, { say, work: () => Promise.reject(new Error('no')) })
  await expect(failing).rejects.toThrow('no')
  expect(existsSync(file)).toBe(false)
})
