import { decodePaymentSignatureHeader } from '@x402/core/http'
import type { PaymentPayload } from '@x402/core/types'
import { z } from 'zod'
import { addressString, TributaryError, weiString, type Address } from '../../kernel/index.ts'
import type { DecodedPayment, PaymentScheme } from './paymentScheme.ts'
import { refusal } from './refusal.ts'

const maxHeaderBytes = 16_384

const outerSchema = z.looseObject({
  x402Version: z.literal(2),
  accepted: z.looseObject({
    scheme: z.string(),
    network: z.string(),
    asset: addressString,
    amount: weiString,
    payTo: addressString,
    maxTimeoutSeconds: z.number(),
  }),
  payload: z.looseObject({}),
})

/**
 * Reads the payment of a request from its headers, by the scheme that it names.
 * Throws payment/required when there is none, payment/old-version for x402 v1, payment/too-large, payment/malformed,
 * payment/wrong-scheme where the scheme is none of ours.
 */
export function decodePayment(
  header: (name: string) => string | null | undefined,
  schemes: readonly Pick<PaymentScheme, 'id' | 'decode'>[],
): DecodedPayment {
  const text = header('PAYMENT-SIGNATURE')
  if (!text) {
    if (header('X-PAYMENT')) throw oldVersion()
    throw new TributaryError('This costs money: no payment came with the request.', {
      code: 'payment/required',
      tryThis: 'pay what the PAYMENT-REQUIRED header asks for (x402 v2) and send the request again',
    })
  }
  if (text.length > maxHeaderBytes) {
    throw new TributaryError('The payment header is too large.', {
      code: 'payment/too-large',
      facts: { bytes: text.length, limit: maxHeaderBytes },
      tryThis: 'send only the payment payload of x402 v2',
    })
  }
  return decodePayload(decodeHeader(text), schemes)
}

/** As decodePayment, where the payload came by another way than a header. */
export function decodePayload(
  payload: unknown,
  schemes: readonly Pick<PaymentScheme, 'id' | 'decode'>[],
): DecodedPayment {
  if ((payload as { x402Version?: unknown } | null)?.x402Version === 1) throw oldVersion()
  const { accepted } = readPayload(outerSchema, payload, '')
  const scheme = schemes.find(({ id }) => id === accepted.scheme)
  if (scheme === undefined) {
    throw refusal('payment/wrong-scheme', { taken: schemes.map(({ id }) => id), got: accepted.scheme.slice(0, 100) })
  }
  return scheme.decode(payload as PaymentPayload)
}

/** What the payer says it accepted: the same for every scheme. */
export function acceptedOf({ accepted }: PaymentPayload): Pick<DecodedPayment, 'asset' | 'network' | 'scheme'> {
  return { asset: lower(addressString.parse(accepted.asset)), network: accepted.network, scheme: accepted.scheme }
}

/** A scheme's own part of a payload. Throws payment/malformed with the first thing that is wrong. */
export function readPayload<T>(schema: z.ZodType<T>, payload: unknown, at = 'payload'): T {
  const parsed = schema.safeParse(at === '' ? payload : (payload as PaymentPayload).payload)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw malformed(`${[...(at === '' ? [] : [at]), ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? ''}`)
}

function decodeHeader(text: string): unknown {
  try {
    return decodePaymentSignatureHeader(text)
  } catch {
    throw malformed('not base64 of JSON')
  }
}

/** Addresses are kept in lower case. */
export function lower(address: Address): Address {
  return addressString.parse(address.toLowerCase())
}

export function malformed(reason: string): TributaryError {
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
