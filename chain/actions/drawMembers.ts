import { encodeFunctionData, getAbiItem } from 'viem'
import type { Digest } from '../../kernel/index.ts'
import { retrainBond } from '../abis/retrainBond.ts'
import { bondOf } from '../bond/bondOf.ts'
import { readBondLeaves } from '../bond/readBond.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { drawSeed } from './drawSeed.ts'

/** A chain keeps the hashes of so many blocks. */
const hashes = 256

/**
 * Draws the members of an adapter set that are to be trained again, once, by the hash of its draw block; where nobody drew
 * within 256 blocks, names a later block first. Anybody may call it.
 * Throws chain/no-bond, and what `sendOnce` throws.
 */
export async function drawMembers(chain: Chain, adapter: Digest): Promise<Sent> {
  const address = chain.contracts.retrainBond
  const { abi } = retrainBond
  const leaves = await readBondLeaves(chain, adapter)
  for (;;) {
    const { drawBlock, cases } = await bondOf(chain, adapter)
    const latest = Number(await chain.reader.getBlockNumber({ cacheTime: 0 }))
    if (cases.length > 0 || latest <= drawBlock + hashes) {
      // The block after the draw block is there: any later transaction sees its hash.
      await drawSeed(chain, drawBlock)
      break
    }
    await sendOnce(chain, {
      action: 'moving a draw',
      to: address,
      abi,
      data: encodeFunctionData({ abi, functionName: 'moveDraw', args: [adapter] }),
      done: async () => {
        if ((await bondOf(chain, adapter)).drawBlock === drawBlock) return undefined
        return findTransaction(chain, { address, event: getAbiItem({ abi, name: 'DrawMoved' }), args: { adapter } })
      },
    })
  }
  return sendOnce(chain, {
    action: 'drawing members of an adapter set',
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'draw', args: [adapter, leaves] }),
    done: async () => {
      if ((await bondOf(chain, adapter)).cases.length === 0) return undefined
      return findTransaction(chain, { address, event: getAbiItem({ abi, name: 'MembersDrawn' }), args: { adapter } })
    },
  })
}
