import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { processStart } from '../provision/index.ts'
import { endLeftover } from './endLeftover.ts'
import { startSupervised } from './startSupervised.ts'

const listener = (home: string) => ({
  name: 'listener',
  command: process.execPath,
  args: ['-e', "setInterval(() => {}, 1000); process.on('SIGTERM', () => process.exit(7))"],
  home,
})
const home = (): string => mkdtempSync(join(tmpdir(), 'servers-'))

async function gone(pid: number, limitMs = 10_000): Promise<boolean> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(50)) if (!processStart(pid)) return true
  return false
}

/** A process of its own that starts the server, says its pids and stays. */
async function parentOfServer(folder: string): Promise<{ parent: number; pid: number; supervisor: number }> {
  const script = join(folder, 'parent.ts')
  const module = new URL('startSupervised.ts', import.meta.url).href
  const wanted = JSON.stringify(listener(folder))
  writeFileSync(
    script,
    `const { startSupervised } = await import('${module}')
     const { pid, supervisorPid } = await startSupervised(${wanted})
     console.log(JSON.stringify({ pid, supervisor: supervisorPid }))
     setInterval(() => {}, 1000)`,
  )
  const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  return { parent: parent.pid as number, ...(JSON.parse(line.toString()) as { pid: number; supervisor: number }) }
}

test('a server ends with its parent after SIGKILL, SIGINT and SIGTERM of the parent', async () => {
  for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM'] as const) {
    const folder = home()
    const { parent, pid, supervisor } = await parentOfServer(folder)
    expect(processStart(pid)).toBeDefined()
    process.kill(parent, signal)
    expect(await gone(pid), signal).toBe(true)
    expect(await gone(supervisor), signal).toBe(true)
    expect(existsSync(join(folder, 'run', 'listener.json'))).toBe(false)
  }
})

test('a server left behind by a killed supervisor is found by its record and ended at the next start', async () => {
  const folder = home()
  const first = await startSupervised(listener(folder))
  process.kill(first.supervisorPid, 'SIGKILL')
  expect(await gone(first.supervisorPid)).toBe(true)
  expect(processStart(first.pid)).toBeDefined()
  const second = await startSupervised(listener(folder))
  expect(processStart(first.pid)).toBeUndefined()
  expect(processStart(second.pid)).toBeDefined()
  await second.stop()
  expect(processStart(second.pid)).toBeUndefined()
})

test('stop also ends a server whose supervisor was killed', async () => {
  const server = await startSupervised(listener(home()))
  process.kill(server.supervisorPid, 'SIGKILL')
  await server.stop()
  expect(processStart(server.pid)).toBeUndefined()
})

test('a process with the recorded pid and another start time is left alone', async () => {
  const folder = home()
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  await once(stranger, 'spawn')
  const pid = stranger.pid as number
  const record = join(folder, 'stranger.json')
  writeFileSync(record, JSON.stringify({ pid, start: 'long ago', supervisor: 1, command: 'x' }))
  expect(await endLeftover(record)).toBeUndefined()
  expect(processStart(pid)).toBeDefined()
  expect(existsSync(record)).toBe(false)
  stranger.kill('SIGKILL')
})

test('a server that ignores SIGTERM is killed after its grace time', async () => {
  const deaf = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.stdout.write('deaf')"
  const folder = home()
  const server = await startSupervised({ ...listener(folder), args: ['-e', deaf], graceMs: 300 })
  while (!readFileSync(server.logFile, 'utf8').includes('deaf')) await sleep(20)
  const from = Date.now()
  await server.stop()
  expect(processStart(server.pid)).toBeUndefined()
  expect(Date.now() - from).toBeGreaterThanOrEqual(290)
})

test('the end of a server is told with its exit code', async () => {
  const server = await startSupervised({ ...listener(home()), args: ['-e', 'setTimeout(() => process.exit(3), 200)'] })
  expect(await server.exited).toEqual({ code: 3, signal: null })
})

test('a program that is not there is servers/not-started with the reason', async () => {
  const missing = startSupervised({ ...listener(home()), command: '/nowhere/at/all' })
  await expect(missing).rejects.toMatchObject({
    code: 'servers/not-started',
    facts: { name: 'listener', reason: expect.stringContaining('ENOENT') as string },
  })
})
