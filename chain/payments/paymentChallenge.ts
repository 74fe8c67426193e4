import { encodePaymentRequiredHeader } from '@x402/core/http'
import type { PaymentRequired, PaymentRequirements } from '@x402/core/types'

export type PaymentChallenge = {
  status: 402
  headers: { 'PAYMENT-REQUIRED': string; 'Cache-Control': 'no-store' }
  /** What the header carries, for the body. */
  body: PaymentRequired
}

export const soldHere = 'One answer, attributed and paid to its sources'

/** The 402 answer of x402 v2: the ways to pay, and the code of what was wrong with the payment, if one came. */
export function paymentChallenge(options: {
  accepts: PaymentRequirements[]
  resourceUrl: string
  description?: string
  /** Code of the refusal, such as payment/underpaid. */
  error?: string
  /** Extensions of the protocol, by name. */
  extensions?: Record<string, unknown>
}): PaymentChallenge {
  const { accepts, resourceUrl, description = soldHere, error, extensions } = options
  const body: PaymentRequired = {
    x402Version: 2,
    error: error ?? 'payment/required',
    resource: { url: resourceUrl, description, mimeType: 'application/json' },
    accepts,
    ...(extensions ? { extensions } : {}),
  }
  return {
    status: 402,
    headers: { 'PAYMENT-REQUIRED': encodePaymentRequiredHeader(body), 'Cache-Control': 'no-store' },
    body,
  }
}
