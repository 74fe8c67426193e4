import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import type { StartProcess } from './startProcess.ts'
import type { TinyHome } from './tinyHome.ts'

/** A step of a workflow: the tool by name, and which of its kind. */
export type Moment = { workflow: string; tool: string; nth?: number }

/**
 * Waits until a step has been scheduled, by the history of its workflow: within milliseconds of its start.
 * Throws when the process ends first, or after a minute.
 */
export async function untilActivity(home: TinyHome, started: StartProcess, moment: Moment): Promise<void> {
  const { workflow, tool, nth = 1 } = moment
  const end = Date.now() + 60_000
  const gone = new AbortController()
  void started.ended.then(() => gone.abort())
  for (; Date.now() < end && !gone.signal.aborted; await sleep(20)) {
    if ((await scheduled(home, workflow, tool)) >= nth) return
  }
  throw new Error(`${workflow}: ${tool} was not seen at work:\n${started.said()}`)
}

/** Connects each time: a server that was killed may answer a little longer than its process, on the port of before. */
async function scheduled({ dir }: TinyHome, workflow: string, tool: string): Promise<number> {
  let connection: Connection | undefined
  try {
    const { temporal } = JSON.parse(readFileSync(join(dir, 'run', 'ports.json'), 'utf8')) as { temporal: number }
    connection = await Connection.connect({ address: `127.0.0.1:${temporal}`, connectTimeout: 500 })
    const { events } = await new Client({ connection }).workflow.getHandle(workflow).fetchHistory()
    const names = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name)
    return names.filter((name) => name === tool).length
  } catch {
    return 0 // the server is not up yet, or the workflow has not started
  } finally {
    await connection?.close()
  }
}
