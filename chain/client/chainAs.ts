import type { LocalAccount } from 'viem'
import { localChainId } from '../anvil/anvilCommand.ts'
import { createClients } from './createClients.ts'
import type { Chain } from './openChain.ts'
import { testNode } from './testNode.ts'

/**
 * The same chain with another sender: a stranger who reports, say. Its transactions queue behind those of the operator,
 * so that two activities of one account never take the same nonce. On a local chain it is given gas.
 */
export async function chainAs(chain: Chain, account: LocalAccount): Promise<Chain> {
  const { rpcUrl, chainId, reader } = chain
  const { address } = account
  if (chainId === localChainId && (await reader.getBalance({ address })) < 10n ** 20n)
    await testNode(reader, 'anvil_setBalance', [address, `0x${(10n ** 22n).toString(16)}`]).then(() => chain.persist())
  const { writer } = createClients({ rpcUrl, chainId, account, pollingMs: reader.pollingInterval })
  return { ...chain, writer, inFlight: new Set() }
}
