import { encodePaymentResponseHeader } from '@x402/core/http'
import type { Address } from '../../kernel/index.ts'
import { networkOf } from './paymentRequirements.ts'

/** The PAYMENT-RESPONSE header of x402 v2 for a payment that was charged; `tx` is empty where it is settled later. */
export function paymentReceiptHeader(settled: {
  tx: string
  payer: Address
  amountWei: bigint
  chainId: number
  /** What its scheme says beside. */
  extra?: Record<string, unknown>
}): { 'PAYMENT-RESPONSE': string } {
  const { tx, payer, amountWei, chainId, extra } = settled
  return {
    'PAYMENT-RESPONSE': encodePaymentResponseHeader({
      success: true,
      transaction: tx,
      network: networkOf(chainId),
      payer,
      amount: amountWei.toString(),
      ...(extra ? { extra } : {}),
    }),
  }
}
