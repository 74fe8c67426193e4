import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findError } from '../../kernel/index.ts'
import { codeOf } from '../testing/codeOf.ts'
import { openHome } from './openHome.ts'
import { isAlive, thisProcess } from './processIdentity.ts'

let dir: string
const children: ChildProcess[] = []
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tributary-home-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(dir, { recursive: true, force: true })
})

/** Another process that tries to hold the home: says `held` or the code of its refusal, then waits. */
async function openInChild(): Promise<{ child: ChildProcess; said: string }> {
  const script = `
    const { openHome } = await import(${JSON.stringify(new URL('openHome.ts', import.meta.url).href)})
    try { await openHome(${JSON.stringify(dir)}); process.stdout.write('held') } catch (e) { process.stdout.write(e.code ?? String(e)) }
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(child)
  const [said] = await once(child.stdout, 'data')
  return { child, said: String(said) }
}

test('makes the layout, with a keys folder that only its owner enters, also when it was open before', async () => {
  mkdirSync(join(dir, 'keys'))
  chmodSync(join(dir, 'keys'), 0o755)
  const home = await openHome(dir)
  expect(statSync(home.keys).mode & 0o777).toBe(0o700)
  for (const folder of [home.blobs, home.logs, home.run]) expect(statSync(folder).isDirectory()).toBe(true)
  home.release()
})

test('a second process is refused and told pid and since of the first; after SIGKILL the home is free', async () => {
  const { child, said } = await openInChild()
  expect(said).toBe('held')
  const failure = findError(await openHome(dir).catch((error: unknown) => error))
  expect(failure).toMatchObject({ code: 'home/locked', retry: true, facts: { pid: child.pid } })
  expect(Date.now() - Date.parse(String(failure?.facts['since']))).toBeLessThan(60_000)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const home = await openHome(dir)
  home.release()
})

test('the same process is refused a second time until it lets go', async () => {
  const home = await openHome(dir)
  expect(await codeOf(openHome(dir))).toBe('home/locked')
  home.release()
  home.release()
  ;(await openHome(dir)).release()
})

test('what a dead holder left is taken over, even where its pid now belongs to another process', async () => {
  mkdirSync(join(dir, 'run'))
  writeFileSync(join(dir, 'run', 'holder.json'), JSON.stringify({ ...thisProcess(), started: 'long ago', sinceMs: 1 }))
  ;(await openHome(dir)).release()
  writeFileSync(join(dir, 'run', 'holder.json'), '{"half')
  ;(await openHome(dir)).release()
})

test('of 6 processes that start at once one holds the home', async () => {
  const outcomes = await Promise.all(Array.from({ length: 6 }, openInChild))
  expect(outcomes.map(({ said }) => said).toSorted()).toEqual([
    'held',
    ...Array.from({ length: 5 }, () => 'home/locked'),
  ])
})

test('a home that cannot be made says where', async () => {
  writeFileSync(join(dir, 'file'), '')
  expect(await codeOf(openHome(join(dir, 'file', 'home')))).toBe('home/cannot-open')
})

test('a process is alive by pid and start time, unknown from another machine, dead with another start', () => {
  expect(isAlive(thisProcess())).toBe(true)
  expect(isAlive({ ...thisProcess(), started: 'x' })).toBe(false)
  expect(isAlive({ ...thisProcess(), pid: 4_194_305 })).toBe(false)
  expect(isAlive({ ...thisProcess(), host: 'elsewhere' })).toBeUndefined()
})

test('processes that share a home keep out one that wants it alone, and the other way round', async () => {
  const [one, two] = [await openHome(dir, { shared: true }), await openHome(dir, { shared: true })]
  expect(await codeOf(openHome(dir))).toBe('home/locked')
  one.release()
  expect(await codeOf(openHome(dir))).toBe('home/locked')
  two.release()
  const alone = await openHome(dir)
  expect(await codeOf(openHome(dir, { shared: true }))).toBe('home/locked')
  alone.release()
})
