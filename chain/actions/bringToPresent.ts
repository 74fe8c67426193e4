import { localChainId } from '../anvil/anvilCommand.ts'
import type { Chain } from '../client/openChain.ts'
import { testNode } from '../client/testNode.ts'

/**
 * A local chain mines only when asked to, so its clock stands still between two transactions: mines an empty block where its last
 * one is older than a second. Nothing on any other chain, or on one that is only read at a depth.
 */
export async function bringToPresent(chain: Pick<Chain, 'chainId' | 'reader' | 'readsOnly'>): Promise<void> {
  if (chain.chainId !== localChainId || chain.readsOnly) return
  const { timestamp } = await chain.reader.getBlock({ blockTag: 'latest' })
  if (Number(timestamp) < Math.floor(Date.now() / 1_000)) await testNode(chain.reader, 'evm_mine', [])
}
