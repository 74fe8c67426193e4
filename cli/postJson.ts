import { request } from 'node:http'
import { TributaryError } from '../kernel/index.ts'

/**
 * Posts JSON and waits for the answer as long as it takes: training and settling take longer than the five minutes after
 * which `fetch` gives up. Throws cli/connection-lost.
 */
export async function postJson(
  url: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  const bytes = Buffer.from(JSON.stringify(body))
  const described = { ...headers, 'content-type': 'application/json', 'content-length': bytes.length }
  return new Promise((resolve, reject) => {
    const lost = (cause: unknown) => reject(connectionLost(url, cause))
    const sent = request(url, { method: 'POST', headers: described }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', lost)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }))
    })
    sent.on('error', lost)
    sent.end(bytes)
  })
}

function connectionLost(url: string, cause: unknown): TributaryError {
  return new TributaryError('The connection to the server was lost before it answered.', {
    code: 'cli/connection-lost',
    facts: { server: new URL(url).origin, reason: cause instanceof Error ? cause.message : '' },
    tryThis: 'run tributary status; then the same command again, with the same --effect-key where it had one',
    retry: true,
    cause,
  })
}
