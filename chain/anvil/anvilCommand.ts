import { existsSync } from 'node:fs'
import { anvilBinary } from './anvilBinary.ts'

export type AnvilOptions = {
  port: number
  /** Default 127.0.0.1. */
  host?: string
  /** Another id than the local one makes it a stand-in for a public chain. */
  chainId?: number
  /** Seconds between blocks. Without it each transaction is mined at once. */
  blockTime?: number
  /** Where `saveAnvilState` keeps the chain; loaded when it exists. */
  stateFile?: string
}

/** The chain id of a local anvil: only there may we mine, move time or set balances. */
export const localChainId = 31337

/** Program and arguments, for whoever supervises it. */
export function anvilCommand(options: AnvilOptions): { command: string; args: string[] } {
  const { port, host = '127.0.0.1', chainId = localChainId, blockTime, stateFile } = options
  const mining = blockTime === undefined ? [] : ['--block-time', String(blockTime)]
  const load = stateFile !== undefined && existsSync(stateFile) ? ['--load-state', stateFile] : []
  // prettier-ignore
  return {
    command: anvilBinary(),
    args: [
      '--host', host, '--port', String(port), '--chain-id', String(chainId),
      '--accounts', '1', '--silent', '--no-request-size-limit', ...mining, ...load,
    ],
  }
}
