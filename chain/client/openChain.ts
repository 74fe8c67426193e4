import { TributaryError } from '../../kernel/index.ts'
import { localChainId } from '../anvil/anvilCommand.ts'
import { saveAnvilState } from '../anvil/saveAnvilState.ts'
import { untilChainAnswers } from '../anvil/untilChainAnswers.ts'
import { checkDeployment } from '../deployment/checkDeployment.ts'
import type { Contracts, Deployment } from '../deployment/deployment.ts'
import { placeStandIns, type Presence } from '../deployment/placeStandIns.ts'
import type { PublishedContract } from '../deployment/publishedContracts.ts'
import type { Keys } from '../keys/loadOrCreateKeys.ts'
import { createClients, type ChainReader, type ChainWriter } from './createClients.ts'
import { createLock, type Lock } from './createLock.ts'
import { defaultConfirmations, defaultSendPolicy, type SendPolicy } from './sendPolicy.ts'
import type { Flight } from './submit.ts'

/** What every action takes as its first argument. */
export type Chain = {
  rpcUrl: string
  chainId: number
  reader: ChainReader
  /** Sends as the operator. */
  writer: ChainWriter
  contracts: Contracts
  /** The block of the first contract: logs are searched from here. */
  fromBlock: bigint
  /** One transaction of the operator at a time, so that nonces leave no gap. */
  lock: Lock
  /** Blocks on top of one before it counts as final: 0 on a local chain, 12 elsewhere unless set. */
  confirmations: number
  sending: SendPolicy
  /** What this process has sent as the operator and still waits for. */
  inFlight: Set<Flight>
  /** What is at the addresses of the contracts of others that x402 pays by. */
  published: Readonly<Record<PublishedContract, Presence>>
  /** A view of an earlier block: nothing is sent, see viewAt. */
  readsOnly?: true
  /** Local chain with a state file: writes it. Called before a transaction is reported as done. */
  persist: () => Promise<void>
}

export type OpenChainOptions = {
  rpcUrl: string
  keys: Pick<Keys, 'operator'>
  deployment: Deployment
  /** The file that `anvilCommand` loads at the next start. Ignored on any chain but a local anvil. */
  stateFile?: string
  /** See `Chain`. */
  confirmations?: number
  /** What is not given is as in defaultSendPolicy. */
  sending?: Partial<SendPolicy>
  /** How often the node is asked while something is waited for. Default 15 ms on a local chain, 2 s elsewhere. */
  pollingMs?: number
}

/**
 * Opens a chain that `deployContracts` has deployed to, and checks that the contracts are there.
 * Throws chain/unreachable, chain/other-chain, chain/deployment-lost.
 */
export async function openChain(options: OpenChainOptions): Promise<Chain> {
  const { rpcUrl, keys, deployment, stateFile, pollingMs } = options
  const chainId = await untilChainAnswers(rpcUrl)
  if (chainId !== deployment.chainId) {
    throw new TributaryError('This is another chain than the one that was deployed to.', {
      code: 'chain/other-chain',
      facts: { chainId, deployedTo: deployment.chainId },
      tryThis: 'give the address of the chain that was deployed to, or use another home',
    })
  }
  const { reader, writer } = createClients({ rpcUrl, chainId, account: keys.operator, pollingMs })
  await checkDeployment(reader, deployment)
  const persist = createPersist(reader, chainId, stateFile)
  return {
    rpcUrl,
    chainId,
    reader,
    writer,
    contracts: deployment.contracts,
    fromBlock: BigInt(deployment.fromBlock),
    lock: createLock(),
    confirmations: options.confirmations ?? defaultConfirmations(chainId),
    sending: { ...defaultSendPolicy(chainId), ...options.sending },
    inFlight: new Set(),
    published: await placeStandIns(reader, { chainId, persist }),
    persist,
  }
}

/** Saves of one moment share one dump: a caller gets a dump that began after its call. */
export function createPersist(reader: ChainReader, chainId: number, stateFile?: string): () => Promise<void> {
  if (stateFile === undefined || chainId !== localChainId) return async () => {}
  const lock = createLock()
  let next: Promise<void> | undefined
  return () =>
    (next ??= lock(async () => {
      next = undefined
      await saveAnvilState(reader, stateFile)
    }))
}
