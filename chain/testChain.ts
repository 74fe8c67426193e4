import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestText, ppmInteger } from '../kernel/index.ts'
import type { Anvil } from './anvil/spawnAnvil.ts'
import { startAnvil } from './anvil/startAnvil.ts'
import { openChain, type Chain, type OpenChainOptions } from './client/openChain.ts'
import { deployContracts, type DeployOptions } from './deployment/deployContracts.ts'
import type { Deployment } from './deployment/deployment.ts'
import type { Genesis } from './deployment/parameters.ts'
import { loadOrCreateKeys, type Keys } from './keys/loadOrCreateKeys.ts'

export type TestChain = {
  chain: Chain
  keys: Keys
  home: string
  deployment: Deployment
  anvil: Anvil
  /** Opens the same chain anew, as another process would; with other patience, say, or through another address. */
  reopen: (how?: Partial<OpenChainOptions>) => Promise<Chain>
  /** Calls a method of anvil. */
  rpc: (method: string, ...params: unknown[]) => Promise<unknown>
  /** Ends anvil, by SIGKILL if so asked, and starts it from the state file on the same port. */
  restart: (signal?: NodeJS.Signals) => Promise<Chain>
  close: () => Promise<void>
}

/** A rule and an engine that name nothing: 5 % treasury, 15 % server, 10 % model owner, 70 % contributors. */
export const testGenesis: Genesis = {
  rule: digestText('rule'),
  treasuryPpm: ppmInteger.parse(50_000),
  serverPpm: ppmInteger.parse(150_000),
  modelOwnerPpm: ppmInteger.parse(100_000),
  contributorsPpm: ppmInteger.parse(700_000),
  engine: digestText('engine'),
}

/** A real anvil on a free port with all contracts deployed, in a folder of its own. For tests of any room. */
export async function openTestChain(options: Partial<DeployOptions> = {}): Promise<TestChain> {
  const home = mkdtempSync(join(tmpdir(), 'tributary-chain-'))
  const stateFile = join(home, 'anvil.json')
  const keys = loadOrCreateKeys(home)
  const anvil = await startAnvil({ stateFile })
  const rpcUrl = anvil.url
  const file = join(home, 'deployment.json')
  const deployment = await deployContracts({ rpcUrl, keys, file, stateFile, genesis: testGenesis, ...options })
  const reopen = (how: Partial<OpenChainOptions> = {}) => openChain({ rpcUrl, keys, deployment, stateFile, ...how })
  const test: TestChain = {
    chain: await reopen(),
    keys,
    home,
    deployment,
    anvil,
    reopen,
    rpc: (method, ...params) => test.chain.reader.request({ method, params } as never),
    restart: async (signal = 'SIGTERM') => {
      await test.anvil.stop(signal)
      test.anvil = await startAnvil({ stateFile, port: Number(new URL(rpcUrl).port) })
      return (test.chain = await reopen())
    },
    close: async () => {
      await test.anvil.stop('SIGKILL')
      rmSync(home, { recursive: true, force: true })
    },
  }
  return test
}
