import type { PaymentPayload } from '@x402/core/types'
import { encodeFunctionData, slice, type Hex } from 'viem'
import { z } from 'zod'
import { addressString, digestString, weiString } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import { acceptedOf, lower, readPayload } from './decodePayment.ts'
import type { DecodedPayment } from './paymentScheme.ts'

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

/** The call by which the token moves what the payer, who holds a key, authorised (EIP-3009). Throws payment/malformed. */
export function transferData(payload: PaymentPayload): Hex {
  const { authorization, signature } = readPayload(payloadSchema, payload)
  const { from, to, value, validAfter, validBefore, nonce } = authorization
  const [r, s] = [slice(signature as Hex, 0, 32), slice(signature as Hex, 32, 64)]
  const v = Number(slice(signature as Hex, 64, 65))
  return encodeFunctionData({
    abi: openToken.abi,
    functionName: 'transferWithAuthorization',
    args: [from, to, BigInt(value), BigInt(validAfter), BigInt(validBefore), nonce as Hex, v < 27 ? v + 27 : v, r, s],
  })
}
