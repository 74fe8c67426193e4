import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { tourSummary, type TourSummary } from '../../../tools/index.ts'
import { checkout, type TinyHome } from './tinyHome.ts'

export type StartProcess = {
  pid: number
  /** Standard error so far. */
  said: () => string
  /** SIGKILL, and wait until it is gone. */
  kill: () => Promise<void>
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** The summary of a tour that ended well; throws what the process said otherwise. */
  summary: () => Promise<TourSummary>
}

const running = new Set<StartProcess>()

/** `tributary start --json --exit` as a process of its own: what a kill hits is what a user runs. */
export function startProcess(home: TinyHome, flags: readonly string[] = []): StartProcess {
  const args = [
    join(checkout, 'cli', 'main.ts'),
    'start',
    '--from',
    home.corpus,
    '--samples',
    '64',
    '--json',
    '--exit',
    ...flags,
  ]
  const child = spawn(process.execPath, args, {
    cwd: checkout,
    env: { ...process.env, ...home.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.out += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.err += chunk))
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }))
  const started: StartProcess = {
    pid: child.pid as number,
    said: () => text.err,
    ended,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async summary() {
      const { code, signal } = await ended
      if (code !== 0) throw new Error(`start ended with ${code ?? signal}:\n${text.err}`)
      return tourSummary.parse(JSON.parse(text.out))
    },
  }
  running.add(started)
  void ended.then(() => running.delete(started))
  return started
}

/** For afterAll: whatever a failed test left running. Its servers end with it. */
export async function endStarted(): Promise<void> {
  for (const one of running) await one.kill()
}
