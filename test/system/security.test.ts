import { readdirSync, readFileSync, statSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHere, type Opened } from './harness/openHere.ts'
import { checkout, tinyHome, type TinyHome } from './harness/tinyHome.ts'

let home: TinyHome
let opened: Opened
beforeAll(async () => {
  home = await tinyHome()
  opened = await openHere(home)
})
afterAll(async () => {
  await opened?.close()
  home?.remove()
})

test('all keys lie in a folder that only we may enter, in files that only we may read', () => {
  const keys = join(home.dir, 'keys')
  const files = readdirSync(keys)
  expect(files.length).toBeGreaterThanOrEqual(7)
  expect((statSync(keys).mode & 0o777).toString(8)).toBe('700')
  for (const file of files) expect([file, (statSync(join(keys, file)).mode & 0o777).toString(8)]).toEqual([file, '600'])
  expect((statSync(join(home.dir, 'logs', 'tributary.log')).mode & 0o777).toString(8)).toBe('600')
})

test('gateway, chain and Temporal are heard on loopback and on no other address of this machine', async () => {
  const { ctx, gatewayUrl, temporalUi } = opened
  const { server } = ctx.workflows.address()
  const addresses = [
    gatewayUrl,
    ctx.chain.rpcUrl,
    `http://${server}`,
    ...(temporalUi === undefined ? [] : [temporalUi]),
  ]
  const ports = addresses.map((address) => Number(new URL(address).port))
  expect(ports.length).toBeGreaterThanOrEqual(3)
  for (const port of ports) expect([port, await isHeard('127.0.0.1', port)]).toEqual([port, true])
  const others = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  for (const { address } of others.filter(({ internal, family }) => !internal && family === 'IPv4')) {
    for (const port of ports) expect([address, port, await isHeard(address, port)]).toEqual([address, port, false])
  }
})

test('no product file runs a shell, evaluates text as code, or turns certificate checks off', () => {
  const rooms = [
    'agents',
    'attribution',
    'chain',
    'cli',
    'datanets',
    'gateway',
    'kernel',
    'logging',
    'models',
    'provision',
    'scripts',
    'servers',
    'store',
    'tools',
    'workflows',
  ]
  const files = rooms.flatMap((room) =>
    readdirSync(join(checkout, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs)$/.test(file) && !file.endsWith('.test.ts'))
      .map((file) => join(room, file)),
  )
  expect(files.length).toBeGreaterThanOrEqual(400)
  const forbidden =
    /\bshell: *true|\bexec(Sync)?\b[^}]*\} from 'node:child_process'|\beval\(|new Function\(|NODE_TLS_REJECT_UNAUTHORIZED|rejectUnauthorized: *false/
  const against = files.filter((file) => forbidden.test(readFileSync(join(checkout, file), 'utf8')))
  expect(against).toEqual([])
})

/** Whether something accepts a connection there. */
function isHeard(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 })
    const end = (heard: boolean) => {
      socket.destroy()
      resolve(heard)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}
