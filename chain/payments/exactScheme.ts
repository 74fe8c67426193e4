import type { PaymentPayload } from '@x402/core/types'
import { z } from 'zod'
import { addressString, digestString, weiString } from '../../kernel/index.ts'
import type { Chain } from '../client/openChain.ts'
import { acceptedOf, lower, readPayload } from './decodePayment.ts'
import { paymentRequirements } from './paymentRequirements.ts'
import type { DecodedPayment, PaymentScheme } from './paymentScheme.ts'
import { settlePayment } from './settlePayment.ts'
import { verifyPayment } from './verifyPayment.ts'

const seconds = z.string().regex(/^[0-9]{1,20}$/)

const payloadSchema = z.looseObject({
  signature: z.string().regex(/^0x[0-9a-fA-F]*$/),
  authorization: z.looseObject({
    from: addressString,
    to: addressString,
    value: weiString,
    validAfter: seconds,
    validBefore: seconds,
    nonce: z.string().regex(/^0x[0-9a-fA-F]{64}$/),
  }),
})

/** x402 `exact` by EIP-3009: the payer signs the transfer of the whole price, and the answer leaves when it has moved. */
export function exactScheme(chain: Chain): PaymentScheme {
  return {
    id: 'exact',
    leaves: 'settled',
    charges: 'quoted',
    requirements: (quote) => paymentRequirements(chain, quote),
    decode: decodeExact,
    verify: (payment, terms) => verifyPayment(chain, { payment, ...terms }),
    settle: (payment, amountWei) =>
      settlePayment(chain, { payment, requirements: paymentRequirements(chain, { amountWei }) }),
  }
}

/** Throws payment/malformed. */
export function decodeExact(payload: PaymentPayload): DecodedPayment {
  const { authorization } = readPayload(payloadSchema, payload)
  return {
    ...acceptedOf(payload),
    payer: lower(authorization.from),
    nonce: digestString.parse(authorization.nonce.toLowerCase()),
    amountWei: BigInt(authorization.value),
    payTo: lower(authorization.to),
    validAfter: BigInt(authorization.validAfter),
    validBefore: BigInt(authorization.validBefore),
    payload,
  }
}
