import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { choosePort, isFree } from './choosePort.ts'

const home = (): string => mkdtempSync(join(tmpdir(), 'ports-'))

async function occupy(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

test('a home gets the same port again, and another one while that is taken', async () => {
  const folder = home()
  const first = await choosePort({ home: folder, name: 'gateway' })
  expect(await isFree(first)).toBe(true)
  expect(await choosePort({ home: folder, name: 'gateway' })).toBe(first)
  const { server } = await occupy(first)
  const other = await choosePort({ home: folder, name: 'gateway' })
  expect(other).not.toBe(first)
  server.close()
  expect(await choosePort({ home: folder, name: 'gateway' })).toBe(other)
})

test('twelve names in one home get twelve ports', async () => {
  const folder = home()
  const ports = new Set<number>()
  for (let name = 0; name < 12; name++) ports.add(await choosePort({ home: folder, name: `server-${name}` }))
  expect(ports.size).toBe(12)
})

test('a wanted port that is taken is servers/port-taken and names the port', async () => {
  const { server, port } = await occupy()
  const choice = choosePort({ home: home(), name: 'gateway', wanted: port })
  await expect(choice).rejects.toMatchObject({ code: 'servers/port-taken', facts: { port, for: 'gateway' } })
  server.close()
  await once(server, 'close')
  expect(await choosePort({ home: home(), name: 'gateway', wanted: port })).toBe(port)
})

test('an address of another machine is servers/no-port', async () => {
  const choice = choosePort({ home: home(), name: 'gateway', host: '192.0.2.1' })
  await expect(choice).rejects.toMatchObject({ code: 'servers/no-port' })
})
