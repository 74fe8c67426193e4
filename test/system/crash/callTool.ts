import { setTimeout as sleep } from 'node:timers/promises'

/** Calls a tool of a gateway that may be dead at any time, under one effect key, until it has its result. Counts failures. */
export async function callTool(
  at: { url: string; token: string; counts: Record<string, number>; until: number },
  name: string,
  effectKey: string,
): Promise<Record<string, unknown>> {
  let last = 'not tried'
  for (; Date.now() < at.until; await sleep(500)) {
    try {
      const response = await fetch(`${at.url}/tools/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'effect-key': effectKey, authorization: `Bearer ${at.token}` },
        body: '{}',
        signal: AbortSignal.timeout(Math.max(1, at.until - Date.now())),
      })
      const body = (await response.json()) as Record<string, unknown>
      if (response.ok) return body
      const { code = 'none', facts } = (body['error'] ?? {}) as { code?: string; facts?: object }
      last = `${response.status} ${code} ${JSON.stringify(facts)}`
      count(at.counts, `${name}: ${response.status} ${code}`)
    } catch (error) {
      last = error instanceof Error ? error.message : String(error)
      count(at.counts, `${name}: ${last}`)
    }
  }
  throw new Error(`${name} (${effectKey}) has no result: ${last}`)
}

function count(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1
}
