import { TributaryError } from '../../kernel/index.ts'
import { localChainId } from '../anvil/anvilCommand.ts'
import { appendBlocks } from '../anvil/journal.ts'
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
  /**
   * Local chain with a state file: writes it. Called before a transaction is reported as done. `blocks` is enough where nothing
   * depends on the hash of a block: the new ones are kept, for a cost that does not grow with history.
   */
  persist: (what?: 'blocks') => Promise<void>
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

/** Blocks that the next start makes again at most: some seconds of a busy machine. */
const longestJournal = 300

/**
 * Saves of one moment share one: a caller gets one that began after its call. The first is of the whole state; later ones of
 * `blocks` alone, which append what came since.
 */
export function createPersist(reader: ChainReader, chainId: number, stateFile?: string): Chain['persist'] {
  if (stateFile === undefined || chainId !== localChainId) return async () => {}
  const lock = createLock()
  const next = new Map<string, Promise<void>>()
  let savedTo: number | undefined
  let wholeTo = 0
  const save = async (what: 'blocks' | 'whole') => {
    if (what === 'blocks' && savedTo !== undefined && savedTo - wholeTo < longestJournal) {
      savedTo = await appendBlocks(reader, stateFile, savedTo)
      return
    }
    // What comes while the state is saved may be in it or not: then it is kept twice, and made once.
    const head = Number(await reader.getBlockNumber({ cacheTime: 0 }))
    await saveAnvilState(reader, stateFile)
    savedTo = wholeTo = head
  }
  return (wanted) => {
    const what = wanted ?? 'whole'
    const waiting = next.get(what)
    if (waiting !== undefined) return waiting
    const saving = lock(async () => {
      next.delete(what)
      await save(what)
    })
    next.set(what, saving)
    return saving
  }
}
