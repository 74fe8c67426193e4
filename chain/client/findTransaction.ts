import type { AbiEvent, Address, Hex, Log } from 'viem'
import { TributaryError } from '../../kernel/index.ts'
import { isNoAnswer } from './failureText.ts'
import type { Chain } from './openChain.ts'

type Wanted = { address: Address; event: AbiEvent; args: Record<string, unknown> }

/** Blocks that most public nodes search at a time. */
const windowBlocks = 2_000n

/**
 * The transaction whose event says that an effect, known to be on chain, happened: the last log that fits.
 * Asked for in one call; where the node searches no such range, in windows from the newest block backwards.
 * Throws chain/log-missing when the node keeps no such log, or not yet.
 */
export async function findTransaction(
  chain: Pick<Chain, 'reader' | 'fromBlock'>,
  wanted: Wanted,
): Promise<{ tx: Hex; block: number }> {
  const log = await lastLog(chain, wanted)
  if (log?.transactionHash && log.blockNumber !== null) {
    return { tx: log.transactionHash, block: Number(log.blockNumber) }
  }
  throw logMissing(wanted)
}

/** An effect is on chain, and the node keeps no log of it. */
export function logMissing({ address, event }: Omit<Wanted, 'args'>): TributaryError {
  return new TributaryError('The chain shows an effect but not the event of it.', {
    code: 'chain/log-missing',
    facts: { address, event: event.name },
    tryThis: 'use a node that keeps logs from the block of the deployment on',
  })
}

/** The last log that fits, with its arguments; undefined where the node has none. */
export async function lastLog(
  { reader, fromBlock }: Pick<Chain, 'reader' | 'fromBlock'>,
  { address, event, args }: Wanted,
): Promise<Log | undefined> {
  const between = (from: bigint, to: bigint | 'latest') =>
    reader.getLogs({ address, event, args, fromBlock: from, toBlock: to })
  try {
    return (await between(fromBlock, 'latest')).at(-1)
  } catch (error) {
    if (isNoAnswer(error)) throw error
    const head = await reader.getBlockNumber({ cacheTime: 0 })
    if (head - fromBlock < windowBlocks) throw error
    for (let to = head; to >= fromBlock; to -= windowBlocks) {
      const from = to - windowBlocks + 1n
      const log = (await between(from > fromBlock ? from : fromBlock, to)).at(-1)
      if (log !== undefined) return log
    }
    return undefined
  }
}
