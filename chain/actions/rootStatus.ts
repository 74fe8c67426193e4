import { getAbiItem } from 'viem'
import type { Digest } from '../../kernel/index.ts'
import { rewardVault } from '../abis/rewardVault.ts'
import { localChainId } from '../anvil/anvilCommand.ts'
import { lastLog } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { readRoot } from './proposeRoot.ts'

/**
 * Where a root that was proposed stands. `held`: a dispute holds it; `rejected`: a dispute threw it away; `gone`: it was taken back,
 * or the block of the proposal was replaced; `ready`: its window is over.
 */
export type RootState = 'proposed' | 'ready' | 'held' | 'rejected' | 'gone' | 'final'
export type RootStatus = {
  state: RootState
  /** Seconds until it is worth looking again, by the chain's clock; at most an hour, since a dispute may hold it meanwhile. */
  waitSeconds: number
  finalFrom: number | null
  heldAt: number | null
}

const longestSeconds = 3_600

/** Reads it on chain. A local chain mines only when asked to: there a window is over when finaliseRoot says so. */
export async function rootStatus(chain: Chain, epoch: number, root: Digest): Promise<RootStatus> {
  const isLocal = chain.chainId === localChainId
  const found = await readRoot(chain, epoch)
  if (found === undefined) return { state: await lostState(chain, epoch, root), ...nothing, waitSeconds: 0 }
  const { final, finalFrom = null, heldAt = null } = found
  if (final) return { state: 'final', finalFrom, heldAt, waitSeconds: 0 }
  if (heldAt !== null) return { state: 'held', finalFrom, heldAt, waitSeconds: isLocal ? 2 : longestSeconds / 6 }
  const { timestamp } = await chain.reader.getBlock({ blockTag: 'latest' })
  const left = Math.max(0, (finalFrom ?? 0) - Number(timestamp))
  if (left === 0 || isLocal) return { state: 'ready', finalFrom, heldAt, waitSeconds: 0 }
  return { state: 'proposed', finalFrom, heldAt, waitSeconds: Math.min(left, longestSeconds) }
}

const nothing = { finalFrom: null, heldAt: null }

async function lostState(chain: Chain, epoch: number, root: Digest): Promise<'rejected' | 'gone'> {
  const event = getAbiItem({ abi: rewardVault.abi, name: 'ProposalRejected' })
  const wanted = { address: chain.contracts.rewardVault, event, args: { epoch: BigInt(epoch) } }
  const log = (await lastLog(chain, wanted)) as { args: { root?: string } } | undefined
  return log?.args.root === root ? 'rejected' : 'gone'
}
