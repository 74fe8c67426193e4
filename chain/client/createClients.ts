import {
  createPublicClient,
  createWalletClient,
  defineChain,
  http,
  type Chain as ViemChain,
  type HttpTransport,
  type LocalAccount,
  type PublicClient,
  type WalletClient,
} from 'viem'
import { localChainId } from '../anvil/anvilCommand.ts'

export type ChainReader = PublicClient<HttpTransport, ViemChain>
export type ChainWriter = WalletClient<HttpTransport, ViemChain, LocalAccount>

/** The two viem clients of one chain: one that reads, one that sends as `account`. Opens no connection. */
export function createClients(options: { rpcUrl: string; chainId: number; account: LocalAccount }): {
  reader: ChainReader
  writer: ChainWriter
} {
  const { rpcUrl, chainId, account } = options
  const chain = defineChain({
    id: chainId,
    name: chainId === localChainId ? 'local anvil' : `chain ${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const pollingInterval = chainId === localChainId ? 15 : 2_000
  const transport = http(rpcUrl, { retryCount: 3, retryDelay: 150, timeout: 20_000 })
  return {
    reader: createPublicClient({ chain, transport, pollingInterval, cacheTime: 0 }),
    writer: createWalletClient({ chain, transport, account, pollingInterval }),
  }
}
