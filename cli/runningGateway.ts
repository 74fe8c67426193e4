import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const recordSchema = z.object({ url: z.url(), pid: z.int() })

/** The address of the gateway that runs in this home, if one does. */
export async function runningGateway(home: string): Promise<string | undefined> {
  const record = readRecord(join(home, 'run', 'gateway.json'))
  // A record may outlive its process, and another program may have the port by now: it must not be sent our token.
  if (record === undefined || !isAlive(record.pid)) return undefined
  try {
    const response = await fetch(`${record.url}/health`, { signal: AbortSignal.timeout(5_000) })
    return response.ok ? record.url : undefined
  } catch {
    return undefined // it is just starting, or just ending
  }
}

function readRecord(file: string): z.output<typeof recordSchema> | undefined {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined // never started here, or stopped cleanly
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'EPERM'
  }
}
