import type { AbiEvent, Address, Hex } from 'viem'
import { TributaryError } from '../../kernel/index.ts'
import type { Chain } from './openChain.ts'

/**
 * The transaction whose event says that an effect, known to be on chain, happened: the last log that fits.
 * Throws chain/log-missing when the node keeps no such log.
 */
export async function findTransaction(
  chain: Pick<Chain, 'reader' | 'fromBlock'>,
  { address, event, args }: { address: Address; event: AbiEvent; args: Record<string, unknown> },
): Promise<{ tx: Hex; block: number }> {
  const logs = await chain.reader.getLogs({ address, event, args, fromBlock: chain.fromBlock, toBlock: 'latest' })
  const log = logs.at(-1)
  if (log?.transactionHash && log.blockNumber !== null) {
    return { tx: log.transactionHash, block: Number(log.blockNumber) }
  }
  throw new TributaryError('The chain shows an effect but not the event of it.', {
    code: 'chain/log-missing',
    facts: { address, event: event.name },
    tryThis: 'use a node that keeps logs from the block of the deployment on',
  })
}
