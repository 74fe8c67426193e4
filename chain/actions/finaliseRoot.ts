import { encodeFunctionData, getAbiItem } from 'viem'
import { TributaryError } from '../../kernel/index.ts'
import { rewardVault } from '../abis/rewardVault.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { readRoot } from './proposeRoot.ts'
import { untilChainTime } from './untilChainTime.ts'

/**
 * Waits out the challenge window of an epoch's root and makes it final, once.
 * Throws chain/root-held while a dispute holds it, chain/reverted (NotProposed, PostsPaused), and what `sendOnce` throws.
 */
export async function finaliseRoot(chain: Chain, epoch: number): Promise<Sent> {
  const address = chain.contracts.rewardVault
  const { abi } = rewardVault
  const proposed = await readRoot(chain, epoch)
  if (proposed?.heldAt !== undefined) {
    throw new TributaryError(
      `A dispute holds the root of epoch ${epoch}: it is not final before the dispute has ended.`,
      {
        code: 'chain/root-held',
        facts: { epoch, root: proposed.root, heldAt: proposed.heldAt },
        tryThis: 'answer the dispute, or wait until it ends: tributary tools dispute-status',
        retry: true,
      },
    )
  }
  if (proposed?.finalFrom !== undefined) await untilChainTime(chain, proposed.finalFrom)
  return sendOnce(chain, {
    action: `finalising the root of epoch ${epoch}`,
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'finalise', args: [BigInt(epoch)] }),
    done: async () => {
      const found = await readRoot(chain, epoch)
      if (found?.final !== true) return undefined
      const event = getAbiItem({ abi, name: 'RootFinal' })
      return findTransaction(chain, { address, event, args: { epoch: BigInt(epoch) } })
    },
  })
}
