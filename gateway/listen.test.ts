import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { afterAll, expect, test } from 'vitest'
import { codeOf } from '../store/testing/codeOf.ts'
import { listen } from './listen.ts'

const runDir = mkdtempSync(join(tmpdir(), 'tributary-listen-'))
afterAll(() => rmSync(runDir, { recursive: true, force: true }))
const app = new Hono().get('/', (c) => c.text('here'))
const loopback = { host: '127.0.0.1', port: 0, runDir }

/** What the server says to these bytes before it closes; the socket is held open meanwhile. */
async function raw(url: string, bytes: string): Promise<{ status: string; code: string }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(bytes)
  let text = ''
  socket.on('data', (data) => (text += data.toString()))
  await once(socket, 'close')
  const [head = '', body = '{}'] = text.split('\r\n\r\n')
  const { error } = JSON.parse(body) as { error?: { code: string } }
  return { status: head.split('\r\n')[0] ?? '', code: error?.code ?? 'none' }
}

test('it is heard on 127.0.0.1 and on no other address of the machine, and leaves its record only while it runs', async () => {
  const server = await listen(app, loopback)
  const record = join(runDir, 'gateway.json')
  const { port } = new URL(server.url)
  expect(await (await fetch(server.url)).text()).toBe('here')
  expect(JSON.parse(readFileSync(record, 'utf8'))).toEqual({ url: server.url, pid: process.pid })
  const others = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
  for (const { address } of others) await expect(fetch(`http://${address}:${port}`)).rejects.toThrow()
  await server.close()
  expect(existsSync(record)).toBe(false)
})

test('a port that is taken and a host that is not ours are refused by code', async () => {
  const server = await listen(app, loopback)
  const port = Number(new URL(server.url).port)
  expect(await codeOf(listen(app, { ...loopback, port }))).toBe('gateway/port-taken')
  expect(await codeOf(listen(app, { ...loopback, host: '203.0.113.7' }))).toBe('gateway/bad-address')
  expect(await codeOf(listen(app, { ...loopback, port: 70_000 }))).toBe('gateway/bad-address')
  await server.close()
})

test('headers over 64 KiB, headers that come too slowly and bytes that are no HTTP get a coded error each', async () => {
  const server = await listen(app, { ...loopback, timeouts: { headersMs: 200, requestMs: 200 } })
  expect(await raw(server.url, `GET / HTTP/1.1\r\nhost: x\r\nlarge: ${'x'.repeat(70_000)}\r\n\r\n`)).toEqual({
    status: 'HTTP/1.1 431 Request Header Fields Too Large',
    code: 'gateway/headers-too-large',
  })
  expect(await raw(server.url, 'GET / HTTP/1.1\r\nhost: x\r\n')).toEqual({
    status: 'HTTP/1.1 408 Request Timeout',
    code: 'gateway/too-slow',
  })
  expect(await raw(server.url, 'this is no HTTP\r\n\r\n')).toEqual({
    status: 'HTTP/1.1 400 Bad Request',
    code: 'gateway/not-http',
  })
  expect((await fetch(server.url)).status).toBe(200)
  await server.close()
})
