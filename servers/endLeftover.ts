import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { TributaryError } from '../kernel/index.ts'
import { processStart } from '../provision/index.ts'
import { readRecord } from './readRecord.ts'

/**
 * Ends the server that a killed run left behind, found by its record: SIGTERM, then SIGKILL after `graceMs`.
 * A process with the same pid and another start time is somebody else's, and stays.
 * Returns the pid that it ended, or undefined. Throws servers/leftover when it will not end.
 */
export async function endLeftover(recordFile: string, { graceMs = 5_000 } = {}): Promise<number | undefined> {
  const record = readRecord(recordFile)
  if (record === undefined) return undefined
  const runs = (): boolean => processStart(record.pid) === record.start
  const found = runs()
  if (found) {
    signal(record.pid, 'SIGTERM')
    if (!(await until(() => !runs(), graceMs))) signal(record.pid, 'SIGKILL')
    if (!(await until(() => !runs(), 5_000))) {
      throw new TributaryError('A server that an earlier run left behind does not end.', {
        code: 'servers/leftover',
        facts: { pid: record.pid, command: record.command },
        tryThis: `end it by hand: kill -9 ${record.pid}`,
      })
    }
  }
  rmSync(recordFile, { force: true })
  return found ? record.pid : undefined
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function until(done: () => boolean, limitMs: number): Promise<boolean> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(20)) if (done()) return true
  return done()
}
