import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { TributaryError } from '../kernel/index.ts'
import { answerClientError } from './answerClientError.ts'
import { recordedGateway } from './recordedGateway.ts'

export type ListenOptions = {
  host: string
  port: number
  /** Folder of the record by which the CLI finds the gateway. */
  runDir: string
  /** How long a client may take to send its headers, and its whole request. */
  timeouts?: { headersMs: number; requestMs: number }
}

/** Node's limit is 16 KiB, at which it closes without a word: a payment that is too large for x402 is still answered. */
const maxHeaderBytes = 64 * 1024

/**
 * Serves an app and writes its address to `run/gateway.json`, where the CLI finds it.
 * Throws gateway/port-taken, gateway/bad-address. Slow clients are cut: 30 s for headers, 1 minute for a whole request.
 */
export async function listen(
  app: Hono,
  { host, port, runDir, timeouts = { headersMs: 30_000, requestMs: 60_000 } }: ListenOptions,
): Promise<{ url: string; close: () => Promise<void> }> {
  const answer = getRequestListener(app.fetch)
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: timeouts.headersMs,
      requestTimeout: timeouts.requestMs,
      connectionsCheckingInterval: Math.min(5_000, timeouts.headersMs),
    },
    (incoming, outgoing) => void answer(incoming, outgoing),
  )
  server.on('clientError', answerClientError)
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (cause) {
    throw cannotListen({ host, port }, cause)
  }
  const bound = server.address() as AddressInfo
  const url = `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`
  const record = join(runDir, 'gateway.json')
  writeFileSync(record, JSON.stringify({ url, pid: process.pid }))
  return {
    url,
    close: async () => {
      // Several gateways of one home write the record; the one that is named takes it away.
      if (recordedGateway(runDir) === url) rmSync(record, { force: true })
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function cannotListen({ host, port }: { host: string; port: number }, cause: unknown): TributaryError {
  const reason = (cause as NodeJS.ErrnoException).code ?? ''
  if (reason === 'EADDRINUSE' || reason === 'EACCES') {
    return new TributaryError(`The gateway cannot listen on ${host}:${port}.`, {
      code: 'gateway/port-taken',
      facts: { host, port, reason },
      tryThis: 'give another --port, or end the program that holds this one',
    })
  }
  return new TributaryError(`${host}:${port} is no address that this machine can listen on.`, {
    code: 'gateway/bad-address',
    facts: { host, port, reason },
    tryThis: 'leave --host out, or give an address of this machine and a --port from 0 to 65535',
  })
}
