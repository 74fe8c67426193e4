import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, vi } from 'vitest'

/** A worker in a process of its own that a test kills, and what it has noted of what it did, killed ones before it too. */
export type KillableWorker = {
  /** Returns when it polls. */
  start: () => Promise<void>
  /** By SIGKILL; nothing where none lives. */
  kill: () => Promise<void>
  lines: () => string[]
}

/** `program`: one of this folder, which ends in serveTools with the same `journal`, the last of its `args`. */
export function killableWorker({
  program,
  args,
  journal,
}: {
  program: string
  args: string[]
  journal: string
}): KillableWorker {
  let worker: ChildProcess | undefined
  const lines = () => readFileSync(journal, 'utf8').split('\n').filter(Boolean)
  const ups = () => lines().filter((line) => line === 'up').length
  writeFileSync(journal, '')
  return {
    lines,
    start: async () => {
      const before = ups()
      const path = fileURLToPath(new URL(program, import.meta.url))
      worker = spawn(process.execPath, [path, ...args, journal], { stdio: 'ignore' })
      await vi.waitFor(() => expect(ups()).toBeGreaterThan(before), { timeout: 120_000, interval: 50 })
    },
    kill: async () => {
      if (worker === undefined || worker.exitCode !== null || worker.signalCode !== null) return
      worker.kill('SIGKILL')
      await once(worker, 'exit')
    },
  }
}
