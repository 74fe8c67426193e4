import type { PaymentPayload } from '@x402/core/types'
import { numberToHex } from 'viem'
import { z } from 'zod'
import { addressString, digestString, weiString } from '../../../kernel/index.ts'
import { acceptedOf, lower, readPayload } from '../decodePayment.ts'
import type { DecodedPayment } from '../paymentScheme.ts'

const integer = z.string().regex(/^[0-9]{1,78}$/)

const uptoPayloadSchema = z.object({
  signature: z.string().regex(/^0x[0-9a-fA-F]*$/),
  permit2Authorization: z.object({
    from: addressString,
    permitted: z.object({ token: addressString, amount: weiString }),
    spender: addressString,
    nonce: integer.refine((text) => BigInt(text) < 2n ** 256n, 'over 256 bits'),
    deadline: z.string().regex(/^[0-9]{1,15}$/),
    witness: z.object({ to: addressString, facilitator: addressString, validAfter: z.string().regex(/^[0-9]{1,15}$/) }),
  }),
})

/** Throws payment/malformed. */
export function readUptoPayload(payload: PaymentPayload) {
  return readPayload(uptoPayloadSchema, payload)
}

/** A Permit2 payment; its key is the 32 bytes of its nonce. Throws payment/malformed. */
export function decodeUpto(payload: PaymentPayload): DecodedPayment {
  const { permit2Authorization: signed } = readUptoPayload(payload)
  return {
    ...acceptedOf(payload),
    payer: lower(signed.from),
    nonce: digestString.parse(numberToHex(BigInt(signed.nonce), { size: 32 })),
    amountWei: BigInt(signed.permitted.amount),
    payTo: lower(signed.witness.to),
    asset: lower(signed.permitted.token),
    validAfter: BigInt(signed.witness.validAfter),
    validBefore: BigInt(signed.deadline),
    payload,
  }
}
