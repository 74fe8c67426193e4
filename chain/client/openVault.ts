import type { LocalAccount } from 'viem'
import type { Address } from '../../kernel/index.ts'
import type { Contracts } from '../deployment/deployment.ts'
import { createClients } from './createClients.ts'
import { createLock } from './createLock.ts'
import type { Chain } from './openChain.ts'
import { openReader } from './openReader.ts'
import { defaultConfirmations, defaultSendPolicy } from './sendPolicy.ts'

/**
 * A vault of somebody else's deployment, to claim from: only its own address is known, and the sender pays the gas.
 * Throws chain/unreachable, chain/other-chain.
 */
export async function openVault(options: {
  rpcUrl: string
  chainId: number
  vault: Address
  fromBlock: number
  account: LocalAccount
}): Promise<Chain> {
  const { rpcUrl, chainId, vault, fromBlock, account } = options
  await openReader(rpcUrl, chainId)
  const { reader, writer } = createClients({ rpcUrl, chainId, account })
  return {
    rpcUrl,
    chainId,
    reader,
    writer,
    contracts: { rewardVault: vault } as Contracts,
    fromBlock: BigInt(fromBlock),
    lock: createLock(),
    confirmations: defaultConfirmations(chainId),
    sending: defaultSendPolicy(chainId),
    inFlight: new Set(),
    published: {
      channels: 'absent',
      depositCollector: 'absent',
      permit2: 'absent',
      uptoProxy: 'absent',
      multicall: 'absent',
    },
    persist: async () => {},
  }
}
