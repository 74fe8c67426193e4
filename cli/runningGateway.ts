import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The address of the gateway that runs in this home, if one does. */
export async function runningGateway(home: string): Promise<string | undefined> {
  let url: string
  try {
    url = (JSON.parse(readFileSync(join(home, 'run', 'gateway.json'), 'utf8')) as { url: string }).url
  } catch {
    return undefined // never started here, or stopped cleanly
  }
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) })
    return response.ok ? url : undefined
  } catch {
    return undefined // its record outlived it
  }
}
