import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { TributaryError } from '../kernel/index.ts'
import { codeOf } from '../store/testing/codeOf.ts'
import { definitions } from '../tools/definitions.ts'
import { callServer, callServerFor } from './callServer.ts'

const home = mkdtempSync(join(tmpdir(), 'tributary-call-'))
vi.stubEnv('TRIBUTARY_HOME', home)
for (const folder of ['run', 'keys']) mkdirSync(join(home, folder))
writeFileSync(join(home, 'keys', 'operator-token'), 'token\n')
let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true, force: true })
})

/** A server that this home's record names, and that is healthy. */
async function serve(answer: RequestListener): Promise<void> {
  server = createServer((request, response) => {
    if (request.url === '/health') response.end('{"ok":true}')
    else answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  writeFileSync(join(home, 'run', 'gateway.json'), JSON.stringify({ url, pid: process.pid }))
}

test('a call goes to the server of this home as its operator, with the effect key, and its answer is checked', async () => {
  const seen: unknown[] = []
  await serve((request, response) => {
    const { method, url, headers } = request
    request.setEncoding('utf8').on('data', (body: string) => {
      seen.push([method, url, headers.authorization, headers['effect-key'], body])
      response.end('{"receipts":["0x12"]}')
    })
  })
  expect(await callServer('draw_audits', { epoch: 1 }, 'key')).toBe('{"receipts":["0x12"]}')
  expect(seen).toEqual([['POST', '/tools/draw_audits', 'Bearer token', 'key', '{"epoch":1}']])
  await expect(callServerFor(definitions.draw_audits, {})).rejects.toThrow()
})

test('a coded error comes through as it was; what is none of ours is cli/not-ours', async () => {
  const error = new TributaryError('No.', { code: 'a/b', facts: { n: 1 }, tryThis: 'go on', retry: true })
  await serve((_, response) => response.writeHead(503).end(JSON.stringify({ error: error.toJSON() })))
  await expect(callServer('x', {})).rejects.toMatchObject(error.toJSON())
  server?.close()
  await serve((_, response) => response.writeHead(502).end('<html>Bad gateway</html>'))
  expect(await codeOf(callServer('x', {}))).toBe('cli/not-ours')
})

test('a server that goes away before or in the middle of its answer is cli/connection-lost, which can be tried again', async () => {
  await serve((request) => request.socket.destroy())
  await expect(callServer('x', {})).rejects.toMatchObject({ code: 'cli/connection-lost', retry: true })
  server?.close()
  await serve((request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('{"a')
    setTimeout(() => request.socket.destroy(), 20)
  })
  expect(await codeOf(callServer('x', {}))).toBe('cli/connection-lost')
})
