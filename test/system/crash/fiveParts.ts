import { execFile } from 'node:child_process'
import { chmodSync, chownSync, createReadStream, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findPostgres, unprivilegedUser } from '../../../scripts/findPostgres.mjs'
import { probeTemporal, retentionDays } from '../../../servers/probeTemporal.ts'
import { checkout, type TinyHome } from '../harness/tinyHome.ts'
import { freePorts } from './freePorts.ts'
import type { Part, PartName } from './keepUp.ts'

const run = promisify(execFile)

export type FiveParts = {
  parts: Record<PartName, Part>
  /** Records, logs and data of the parts that are servers of others. */
  servers: string
  gatewayUrl: string
  databaseUrl: string
  rpcUrl: string
  /** For a process that joins them. */
  env: Record<string, string>
}

/**
 * The five parts of a product that serves many, each a process with its port and its data on disk. Postgres is a cluster
 * of our own with all of its promises kept (fsync, synchronous_commit). `fault` is planted in gateway and engine.
 */
export async function fiveParts(home: TinyHome, { fault }: { fault?: string | undefined } = {}): Promise<FiveParts> {
  const bin = findPostgres()
  const temporal = home.env['TEMPORAL_CLI_PATH']
  if (bin === undefined || temporal === undefined) throw new Error('needs Postgres and a Temporal server of its own')
  const servers = join(dirname(home.dir), 'servers')
  mkdirSync(join(servers, 'logs'), { recursive: true })
  const [gateway, temporalPort, database, chain, anvil] = (await freePorts(5)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const env = {
    ...home.env,
    DATABASE_URL: `postgres://tributary@127.0.0.1:${database}/postgres`,
    TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`,
    CHAIN_RPC_URL: `http://127.0.0.1:${chain}`,
  }
  const role = (name: 'gateway' | 'engine', flags: string[], isReady: Part['isReady']): Part => ({
    name,
    command: process.execPath,
    args: [
      ...(fault === undefined ? [] : ['--import', new URL(`plantFault.ts?fault=${fault}`, import.meta.url).href]),
      join(checkout, 'cli', 'main.ts'),
      'start',
      '--role',
      name,
      ...flags,
    ],
    env: {
      ...process.env,
      NODE_NO_WARNINGS: '1',
      NODE_COMPILE_CACHE: join(home.env['TRIBUTARY_CACHE']!, 'compiled'),
      ...env,
    },
    isReady,
  })
  const gatewayUrl = `http://127.0.0.1:${gateway}`
  return {
    servers,
    env,
    gatewayUrl,
    databaseUrl: env.DATABASE_URL,
    rpcUrl: env.CHAIN_RPC_URL,
    parts: {
      gateway: role('gateway', ['--port', String(gateway)], async () => (await fetch(`${gatewayUrl}/health`)).ok),
      engine: role('engine', [], async ({ logFile, logFrom }) =>
        (await text(createReadStream(logFile, { start: logFrom }))).includes('engine is up.'),
      ),
      temporal: {
        name: 'temporal',
        command: temporal,
        // prettier-ignore
        args: [
          'server', 'start-dev', '--ip', '127.0.0.1', '--port', String(temporalPort), '--headless',
          '--namespace', 'default', '--db-filename', join(servers, 'temporal.db'), '--log-level', 'error',
        ],
        isReady: async () => {
          const at = { address: env.TEMPORAL_ADDRESS, namespace: 'default', patienceMs: 1_000 }
          await probeTemporal({ ...at, setRetention: retentionDays })
          return true
        },
      },
      database: await databasePart(bin, { servers, port: database }),
      chain: {
        name: 'chain',
        command: process.execPath,
        args: [
          fileURLToPath(new URL('chainNode.ts', import.meta.url)),
          String(chain),
          String(anvil),
          join(servers, 'anvil.json'),
        ],
        isReady: async () => {
          const body = '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'
          return (await fetch(env.CHAIN_RPC_URL, { method: 'POST', body })).ok
        },
      },
    },
  }
}

async function databasePart(bin: string, { servers, port }: { servers: string; port: number }): Promise<Part> {
  const folder = join(servers, 'database')
  const data = join(folder, 'data')
  mkdirSync(folder, { mode: 0o700 })
  const user = unprivilegedUser()
  // The folders above it are ours alone; whoever runs Postgres has to pass through them.
  for (const above of [dirname(servers), servers]) chmodSync(above, 0o711)
  if (user) chownSync(folder, user.uid, user.gid)
  const initialise = ['-D', data, '-U', 'tributary', '-A', 'trust', '-E', 'UTF8', '--locale=C']
  await run(join(bin, 'initdb'), initialise, { cwd: folder, ...user })
  const server = [
    join(bin, 'postgres'),
    '-D',
    data,
    ...[`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`].flatMap((it) => ['-c', it]),
  ]
  // `setpriv` becomes the server: no process stands between.
  const as = user ? ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', ...server] : server
  return {
    name: 'database',
    command: as[0] as string,
    args: as.slice(1),
    isReady: async () => {
      await run(join(bin, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)])
      return true
    },
  }
}
