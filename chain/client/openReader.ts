import { createPublicClient, defineChain, http } from 'viem'
import { TributaryError } from '../../kernel/index.ts'
import { untilChainAnswers } from '../anvil/untilChainAnswers.ts'
import type { ChainReader } from './createClients.ts'

/**
 * A chain that is only read, by its address alone: for whoever checks what others posted, with no home and no key.
 * Throws chain/unreachable, chain/other-chain where it is not the one that is expected.
 */
export async function openReader(rpcUrl: string, expectedChainId: number): Promise<ChainReader> {
  const chainId = await untilChainAnswers(rpcUrl)
  if (chainId !== expectedChainId) {
    throw new TributaryError('This is another chain than the one that was posted to.', {
      code: 'chain/other-chain',
      facts: { chainId, expectedChainId },
      tryThis: 'give the RPC address of the chain that the file names',
    })
  }
  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  return createPublicClient({ chain, transport: http(rpcUrl, { retryCount: 3, timeout: 20_000 }), cacheTime: 0 })
}
