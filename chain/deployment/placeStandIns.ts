import type { Hex } from 'viem'
import { channelsStandIn } from '../abis/channelsStandIn.ts'
import { depositCollectorStandIn } from '../abis/depositCollectorStandIn.ts'
import { multicallStandIn } from '../abis/multicallStandIn.ts'
import { permit2StandIn } from '../abis/permit2StandIn.ts'
import { uptoProxyStandIn } from '../abis/uptoProxyStandIn.ts'
import { localChainId } from '../anvil/anvilCommand.ts'
import { chainError } from '../client/chainError.ts'
import type { ChainReader } from '../client/createClients.ts'
import { testNode } from '../client/testNode.ts'
import { publishedContracts, type PublishedContract } from './publishedContracts.ts'

export const standIns = {
  channels: channelsStandIn,
  depositCollector: depositCollectorStandIn,
  permit2: permit2StandIn,
  uptoProxy: uptoProxyStandIn,
  multicall: multicallStandIn,
} as const satisfies Record<PublishedContract, { bytecode: Hex }>

/** What is at the address of a contract of others. */
export type Presence = 'published' | 'stand-in' | 'absent'

/**
 * On a local chain, puts our stand-ins where x402's contracts would be, if nothing is there: their constructors are run by a
 * call, and the code that this returns is set. On any other chain it only looks: what is there is what was published.
 * Cost: five calls of the node. Throws chain/unreachable.
 */
export async function placeStandIns(
  reader: ChainReader,
  { chainId, persist }: { chainId: number; persist: () => Promise<void> },
): Promise<Record<PublishedContract, Presence>> {
  const isLocal = chainId === localChainId
  const found = {} as Record<PublishedContract, Presence>
  let placed = 0
  try {
    for (const [name, address] of Object.entries(publishedContracts) as [PublishedContract, Hex][]) {
      const code = await reader.getCode({ address })
      if (code === undefined && isLocal) {
        const { data } = await reader.call({ data: standIns[name].bytecode })
        await testNode(reader, 'anvil_setCode', [address, data ?? '0x'])
        placed++
      }
      found[name] = isLocal ? 'stand-in' : code === undefined ? 'absent' : 'published'
    }
    if (placed > 0) await persist()
    return found
  } catch (error) {
    throw chainError(error, { action: 'looking for the contracts of x402' })
  }
}
