import type { Address } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import type { Chain } from '../client/openChain.ts'

/** What an address holds, in wei of OPEN. */
export async function readBalance(chain: Pick<Chain, 'reader' | 'contracts'>, account: Address): Promise<bigint> {
  return chain.reader.readContract({
    address: chain.contracts.openToken,
    abi: openToken.abi,
    functionName: 'balanceOf',
    args: [account],
  })
}
