import { setTimeout as sleep } from 'node:timers/promises'
import type { Digest } from '../../kernel/index.ts'
import { localChainId } from '../anvil/anvilCommand.ts'
import type { Chain } from '../client/openChain.ts'
import { testNode } from '../client/testNode.ts'
import { untilBlock } from '../client/untilFinal.ts'

/**
 * The hash of the block right after `afterBlock`: a seed that nobody knew when that block's records were made. Always
 * the same block, however late it is asked for. Mines it on a local chain where nothing else has; elsewhere it waits until
 * the block is final, since another one in its place would be another draw.
 */
export async function drawSeed(chain: Chain, afterBlock: number): Promise<{ block: number; hash: Digest }> {
  const number = BigInt(afterBlock) + 1n
  await chain.lock(async () => {
    while ((await chain.reader.getBlockNumber({ cacheTime: 0 })) < number) {
      if (chain.chainId === localChainId) await testNode(chain.reader, 'evm_mine', [])
      else await sleep(chain.reader.pollingInterval)
    }
    await chain.persist()
  })
  await untilBlock(chain, number + BigInt(chain.confirmations))
  const { hash } = await chain.reader.getBlock({ blockNumber: number })
  return { block: Number(number), hash: hash as Digest }
}
