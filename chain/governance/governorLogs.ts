import type { AbiEvent, Log } from 'viem'
import type { Chain } from '../client/openChain.ts'

/** Blocks that most public nodes search at a time. */
const windowBlocks = 2_000n

/**
 * All logs of an event of the governor, oldest first. Its events name a proposal outside their topics, so whoever looks for
 * one reads them all: there are as many as there were proposals or votes. In one call, or in windows where the node searches no such range.
 */
export async function governorLogs<const Event extends AbiEvent>(
  { reader, contracts, fromBlock }: Pick<Chain, 'reader' | 'contracts' | 'fromBlock'>,
  event: Event,
): Promise<Log<bigint, number, false, Event, true>[]> {
  const address = contracts.openGovernor
  const between = (from: bigint, to: bigint | 'latest') =>
    reader.getLogs({ address, event, fromBlock: from, toBlock: to, strict: true })
  try {
    return await between(fromBlock, 'latest')
  } catch (error) {
    const head = await reader.getBlockNumber({ cacheTime: 0 })
    if (head - fromBlock < windowBlocks) throw error
    const found = []
    for (let from = fromBlock; from <= head; from += windowBlocks)
      found.push(...(await between(from, from + windowBlocks - 1n)))
    return found
  }
}
