import { decodePaymentSignatureHeader } from '@x402/core/http'
import type { PaymentPayload } from '@x402/core/types'
import { z } from 'zod'
import {
  addressString,
  digestString,
  TributaryError,
  weiString,
  type Address,
  type Digest,
} from '../../kernel/index.ts'

/** A payment as it came, well formed but not yet believed. `payer` and `nonce` together name it. */
export type DecodedPayment = {
  payer: Address
  nonce: Digest
  amountWei: bigint
  payTo: Address
  asset: Address
  network: string
  scheme: string
  /** Seconds since 1970: the authorisation is valid strictly between them. */
  validAfter: bigint
  validBefore: bigint
  /** To keep, so that it can be settled after a crash: plain JSON. */
  payload: PaymentPayload
}

const maxHeaderBytes = 16_384
const seconds = z.string().regex(/^[0-9]{1,20}$/)

const payloadSchema = z.looseObject({
  x402Version: z.literal(2),
  accepted: z.looseObject({
    scheme: z.string(),
    network: z.string(),
    asset: addressString,
    amount: weiString,
    payTo: addressString,
    maxTimeoutSeconds: z.number(),
  }),
  payload: z.looseObject({
    signature: z.string().regex(/^0x[0-9a-fA-F]*$/),
    authorization: z.looseObject({
      from: addressString,
      to: addressString,
      value: weiString,
      validAfter: seconds,
      validBefore: seconds,
      nonce: z.string().regex(/^0x[0-9a-fA-F]{64}$/),
    }),
  }),
})

/**
 * Reads the payment of a request from its headers.
 * Throws payment/required when there is none, payment/old-version for x402 v1, payment/too-large, payment/malformed.
 */
export function decodePayment(header: (name: string) => string | null | undefined): DecodedPayment {
  const text = header('PAYMENT-SIGNATURE')
  if (!text) {
    if (header('X-PAYMENT')) throw oldVersion()
    throw new TributaryError('This costs money: no payment came with the request.', {
      code: 'payment/required',
      tryThis: 'pay what the PAYMENT-REQUIRED header asks for (x402 v2, scheme exact) and send the request again',
    })
  }
  if (text.length > maxHeaderBytes) {
    throw new TributaryError('The payment header is too large.', {
      code: 'payment/too-large',
      facts: { bytes: text.length, limit: maxHeaderBytes },
      tryThis: 'send only the payment payload of x402 v2',
    })
  }
  const decoded = decodeHeader(text)
  if ((decoded as { x402Version?: unknown } | null)?.x402Version === 1) throw oldVersion()
  const parsed = payloadSchema.safeParse(decoded)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw malformed(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
  }
  const { accepted, payload } = parsed.data
  const { authorization } = payload
  return {
    payer: lower(authorization.from),
    nonce: digestString.parse(authorization.nonce.toLowerCase()),
    amountWei: BigInt(authorization.value),
    payTo: lower(authorization.to),
    asset: lower(accepted.asset),
    network: accepted.network,
    scheme: accepted.scheme,
    validAfter: BigInt(authorization.validAfter),
    validBefore: BigInt(authorization.validBefore),
    payload: decoded as PaymentPayload,
  }
}

function decodeHeader(text: string): unknown {
  try {
    return decodePaymentSignatureHeader(text)
  } catch {
    throw malformed('not base64 of JSON')
  }
}

function lower(address: Address): Address {
  return addressString.parse(address.toLowerCase())
}

function malformed(reason: string): TributaryError {
  return new TributaryError('The payment header can’t be read.', {
    code: 'payment/malformed',
    facts: { reason },
    tryThis: 'send base64 of the JSON payment payload of x402 v2 in PAYMENT-SIGNATURE; @x402/fetch does',
  })
}

function oldVersion(): TributaryError {
  return new TributaryError('This is a payment of x402 version 1; version 2 is needed.', {
    code: 'payment/old-version',
    facts: { supported: 2 },
    tryThis: 'use an x402 v2 client (@x402/fetch): it reads PAYMENT-REQUIRED and sends PAYMENT-SIGNATURE',
  })
}
