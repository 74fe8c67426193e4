import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { TributaryError } from '../kernel/index.ts'
import { endLeftover } from './endLeftover.ts'

export type ServerCommand = {
  /** Names the record `run/<name>.json` and the log `logs/<name>.log` in the home. */
  name: string
  /** The program itself: a shim that starts another process would leave that one behind. */
  command: string
  args: readonly string[]
  home: string
  env?: NodeJS.ProcessEnv
  /** Time between SIGTERM and SIGKILL. */
  graceMs?: number
}

export type Supervised = {
  name: string
  /** Of the server, not of its supervisor. */
  pid: number
  supervisorPid: number
  logFile: string
  /** Settles when the server has ended, for whatever reason. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** Ends the server and waits for it. Safe to call twice. */
  stop: () => Promise<void>
}

/**
 * Starts a server that ends with this process, however this process ends, and ends first what an earlier run left
 * under the same name. It does not keep this process alive.
 * Throws servers/not-started when the program can't be run, servers/leftover.
 */
export async function startSupervised(wanted: ServerCommand): Promise<Supervised> {
  const { name, command, args, home, env = process.env, graceMs = 5_000 } = wanted
  const recordFile = join(home, 'run', `${name}.json`)
  const logFile = join(home, 'logs', `${name}.log`)
  mkdirSync(join(home, 'logs'), { recursive: true })
  mkdirSync(join(home, 'run'), { recursive: true })
  await endLeftover(recordFile, { graceMs })

  const log = openSync(logFile, 'a', 0o600)
  const supervisor = spawn(
    process.execPath,
    [fileURLToPath(new URL('supervise.ts', import.meta.url)), recordFile, String(graceMs), command, ...args],
    { stdio: ['pipe', log, log, 'pipe'], detached: true, env },
  )
  closeSync(log)
  const exited = once(supervisor, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }))
  const pid = await announcedPid(supervisor, { name, command, logFile })

  supervisor.unref()
  supervisor.stdin?.on('error', () => {}) // EPIPE: the supervisor is gone, which `exited` tells
  for (const pipe of supervisor.stdio) (pipe as { unref?: () => void } | null)?.unref?.()

  const stop = async (): Promise<void> => {
    supervisor.stdin?.end()
    // A supervisor that was killed leaves its server and the record: the wait is over at once, and this ends both.
    await within(exited, graceMs + 5_000)
    await endLeftover(recordFile, { graceMs })
    rmSync(recordFile, { force: true })
  }
  return { name, pid, supervisorPid: supervisor.pid as number, logFile, exited, stop }
}

async function announcedPid(
  supervisor: ChildProcess,
  facts: { name: string; command: string; logFile: string },
): Promise<number> {
  let reason = 'the supervisor ended before its server ran'
  for await (const line of createInterface({ input: supervisor.stdio[3] as Readable })) {
    const said = JSON.parse(line) as { pid?: number; error?: string }
    if (said.pid !== undefined) return said.pid
    reason = said.error ?? reason
  }
  throw new TributaryError(`The server ${facts.name} could not be started.`, {
    code: 'servers/not-started',
    facts: { ...facts, reason },
    tryThis: `look into ${facts.logFile}`,
  })
}

/** Waits for a promise that never rejects, at most so long. The timer keeps the process alive meanwhile. */
async function within(promise: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise((resolve) => (timer = setTimeout(resolve, limitMs)))
  await Promise.race([promise, limit])
  clearTimeout(timer)
}
