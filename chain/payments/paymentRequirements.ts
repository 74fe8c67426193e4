import type { PaymentRequirements } from '@x402/core/types'
import { getAddress } from 'viem'
import type { Chain } from '../client/openChain.ts'

/** Name and version of the token's EIP-712 domain, which the payer signs. */
export const openDomain = { name: 'Tributary OPEN', version: '1' } as const

/** CAIP-2 name of the chain. */
export function networkOf(chainId: number): `eip155:${number}` {
  return `eip155:${chainId}`
}

/**
 * What a payment must be (x402 v2, scheme `exact`, EIP-3009): a pure function of price and deployment, so that the same
 * request is quoted the same. `maxTimeoutSeconds` is how long the payer's authorisation stays valid: long enough for an
 * answer and its settlement after a crash.
 */
export function paymentRequirements(
  { chainId, contracts }: Pick<Chain, 'chainId' | 'contracts'>,
  { amountWei, maxTimeoutSeconds = 900 }: { amountWei: bigint; maxTimeoutSeconds?: number },
): PaymentRequirements {
  return {
    scheme: 'exact',
    network: networkOf(chainId),
    asset: getAddress(contracts.openToken),
    amount: amountWei.toString(),
    payTo: getAddress(contracts.feeEscrow),
    maxTimeoutSeconds,
    extra: { ...openDomain, assetTransferMethod: 'eip3009' },
  }
}
