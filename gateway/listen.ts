import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { TributaryError } from '../kernel/index.ts'

/**
 * Serves an app and writes its address to `run/gateway.json`, where the CLI finds it.
 * Throws gateway/port-taken. Slow clients are cut: 30 s for headers, 10 minutes for a whole request.
 */
export async function listen(
  app: Hono,
  { host, port, runDir }: { host: string; port: number; runDir: string },
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createAdaptorServer({ fetch: app.fetch })
  if ('headersTimeout' in server) {
    server.headersTimeout = 30_000
    server.requestTimeout = 600_000
  }
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (cause) {
    throw new TributaryError(`The gateway cannot listen on ${host}:${port}.`, {
      code: 'gateway/port-taken',
      facts: { host, port, reason: (cause as NodeJS.ErrnoException).code ?? '' },
      tryThis: 'give another --port, or end the program that holds this one',
    })
  }
  const bound = server.address() as AddressInfo
  const url = `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`
  const record = join(runDir, 'gateway.json')
  writeFileSync(record, JSON.stringify({ url, pid: process.pid }))
  return {
    url,
    close: async () => {
      rmSync(record, { force: true })
      if ('closeAllConnections' in server) server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
