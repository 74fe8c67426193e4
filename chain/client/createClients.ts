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
export function createClients(options: {
  rpcUrl: string
  chainId: number
  account: LocalAccount
  pollingMs?: number | undefined
}): { reader: ChainReader; writer: ChainWriter } {
  const { rpcUrl, chainId, account, pollingMs } = options
  const isLocal = chainId === localChainId
  const chain = defineChain({
    id: chainId,
    name: isLocal ? 'local anvil' : `chain ${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const pollingInterval = pollingMs ?? (isLocal ? 15 : 2_000)
  // Dropped connections, 429 and 5xx are asked again, each time after twice as long or as Retry-After says.
  const transport = http(rpcUrl, { retryCount: isLocal ? 3 : 6, retryDelay: 150, timeout: 20_000 })
  return {
    reader: createPublicClient({ chain, transport, pollingInterval, cacheTime: 0 }),
    writer: createWalletClient({ chain, transport, account, pollingInterval }),
  }
}
