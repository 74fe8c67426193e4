import type { PaymentPayload, PaymentRequirements, SchemeNetworkClient } from '@x402/core/types'
import { ExactEvmScheme } from '@x402/evm/exact/client'
import { encodePaymentSignatureHeader } from '@x402/core/http'
import type { LocalAccount } from 'viem'
import type { Address, Digest } from '../../kernel/index.ts'
import { decodeExact } from './exactPayload.ts'
import type { DecodedPayment } from './paymentScheme.ts'

export type SignedPayment = {
  payer: Address
  payTo: Address
  nonce: Digest
  amountWei: bigint
  /** Seconds since 1970. */
  validBefore: number
  /** The PAYMENT-SIGNATURE header: sent again with the same request, it brings the same answer and no second charge. */
  header: string
}

/** One way to pay, as the buyer sees it. */
export type BuyerScheme = {
  readonly id: string
  /** Signs: the x402 package's own scheme, or one over it. */
  client: SchemeNetworkClient
  /** Whether an offer of this scheme is one that it may sign. */
  takes: (offer: PaymentRequirements) => boolean
  decode: (payload: PaymentPayload) => DecodedPayment
  /** Whether a payment that was signed before and is refused now can never be charged, or not beyond a new one. */
  isDead: (known: SignedPayment, refused: { status: number; code: string; nowSeconds: number }) => boolean
  /** Makes one purchase, from the price to the answer, where those of this account must not be made side by side. */
  turn?: (pay: () => Promise<Response>) => Promise<Response>
  /** Told of the response to a payment that was sent again. */
  answered?: (known: SignedPayment, response: Response) => Promise<void>
}

/** x402 `exact` by EIP-3009: the whole price, at once. */
export function exactBuyer(account: LocalAccount): BuyerScheme {
  return {
    id: 'exact',
    client: new ExactEvmScheme(account),
    takes: ({ extra }) => (extra?.['assetTransferMethod'] ?? 'eip3009') === 'eip3009',
    decode: decodeExact,
    // Past its time an unused authorisation can never be charged, so that a new one is no second payment.
    isDead: (known, { status, nowSeconds }) => status === 402 && nowSeconds > known.validBefore,
  }
}

export function toSigned(scheme: Pick<BuyerScheme, 'decode'>, payload: PaymentPayload): SignedPayment {
  const header = encodePaymentSignatureHeader(payload)
  const { payer, payTo, nonce, amountWei, validBefore } = scheme.decode(payload)
  return { payer, payTo, nonce, amountWei, validBefore: Number(validBefore), header }
}
