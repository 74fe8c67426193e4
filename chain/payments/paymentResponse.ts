import type { SettleResponse } from '@x402/core/types'
import type { Address } from '../../kernel/index.ts'
import { networkOf } from './paymentRequirements.ts'

export type Charged = {
  tx: string
  payer: Address
  amountWei: bigint
  chainId: number
  /** What its scheme says beside. */
  extra?: Record<string, unknown>
  /** What extensions of the protocol say beside, such as a signed receipt. */
  extensions?: Record<string, unknown>
}

/** What x402 v2 answers of a payment that was charged; `tx` is empty where it is settled later. */
export function paymentResponse({ tx, payer, amountWei, chainId, extra, extensions }: Charged): SettleResponse {
  return {
    success: true,
    transaction: tx,
    network: networkOf(chainId),
    payer,
    amount: amountWei.toString(),
    ...(extra ? { extra } : {}),
    ...(extensions ? { extensions } : {}),
  }
}
