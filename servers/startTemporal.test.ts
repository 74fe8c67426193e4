import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { expect, test } from 'vitest'
import { processStart, resolveTemporal } from '../provision/index.ts'
import { isFree } from './choosePort.ts'
import { startTemporal } from './startTemporal.ts'

const home = (): string => mkdtempSync(join(tmpdir(), 'temporal-'))

test('a dev server answers on loopback, keeps closed workflows for 3,650 days, and comes back on the same port with its state', async () => {
  const folder = home()
  const first = await startTemporal({ home: folder })
  const connection = await Connection.connect({ address: first.address })
  const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' })
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(3_650 * 86_400)
  await connection.close()
  expect(first.address).toMatch(/^127\.0\.0\.1:\d+$/)
  expect((await fetch(first.uiUrl as string)).status).toBe(200)
  await first.stop()
  expect(processStart(first.pid as number)).toBeUndefined()
  expect(existsSync(join(folder, 'temporal.db'))).toBe(true)

  const second = await startTemporal({ home: folder })
  expect(second.address).toBe(first.address)
  expect(second.uiUrl).toBe(first.uiUrl)
  const attached = await startTemporal({
    home: folder,
    source: { kind: 'address', address: second.address, foundBy: 'TEMPORAL_ADDRESS' },
  })
  expect(attached.pid).toBeUndefined()
  await attached.stop()
  expect(processStart(second.pid as number)).toBeDefined()
  await second.stop()
})

test('an address where nobody answers is servers/temporal-unreachable within the limit', async () => {
  const source = { kind: 'address', address: '127.0.0.1:9', foundBy: 'TEMPORAL_ADDRESS' } as const
  const from = Date.now()
  await expect(startTemporal({ home: home(), source, timeoutMs: 1_500 })).rejects.toMatchObject({
    code: 'servers/temporal-unreachable',
    retry: true,
    facts: { address: '127.0.0.1:9', waitedMs: 1_500 },
  })
  expect(Date.now() - from).toBeLessThan(6_000)
})

test('a program that ends at once is servers/temporal-ended and leaves its ports free', async () => {
  const folder = home()
  const path = join(folder, 'temporal')
  writeFileSync(path, '#!/bin/sh\necho not today >&2\nexit 4\n')
  chmodSync(path, 0o755)
  await expect(
    startTemporal({ home: folder, source: { kind: 'program', path, foundBy: 'PATH' } }),
  ).rejects.toMatchObject({
    code: 'servers/temporal-ended',
    facts: { logFile: join(folder, 'logs', 'temporal.log') },
  })
})

test('a server that ends while it starts is started again', async () => {
  const source = resolveTemporal()
  if (source.kind !== 'program') throw new Error('the tests need a Temporal program')
  const folder = home()
  const path = join(folder, 'temporal')
  const been = join(folder, 'been')
  writeFileSync(path, `#!/bin/sh\n[ -e ${been} ] || { touch ${been}; exit 1; }\nexec ${source.path} "$@"\n`)
  chmodSync(path, 0o755)
  const server = await startTemporal({ home: folder, source: { kind: 'program', path, foundBy: 'PATH' } })
  expect(existsSync(been)).toBe(true)
  const connection = await Connection.connect({ address: server.address })
  await connection.close()
  await server.stop()
})

test('a wanted port that is taken is servers/port-taken before anything starts', async () => {
  const running = await startTemporal({ home: home() })
  const port = Number(running.address.split(':')[1])
  expect(await isFree(port)).toBe(false)
  const folder = home()
  await expect(startTemporal({ home: folder, port })).rejects.toMatchObject({
    code: 'servers/port-taken',
    facts: { port },
  })
  expect(existsSync(join(folder, 'temporal.db'))).toBe(false)
  await running.stop()
})

test('the Temporal server of this machine is found', () => {
  expect(resolveTemporal()).toHaveProperty('foundBy')
})
