import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The address of the gateway that last started in a home, from its run folder; empty where none is recorded. */
export function recordedGateway(runDir: string): string {
  try {
    const { url } = JSON.parse(readFileSync(join(runDir, 'gateway.json'), 'utf8')) as { url?: unknown }
    return typeof url === 'string' ? url : ''
  } catch {
    return '' // none has started here, or it ended in order
  }
}
