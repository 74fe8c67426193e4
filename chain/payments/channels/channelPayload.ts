import type { PaymentPayload } from '@x402/core/types'
import { z } from 'zod'
import { digestOf, digestString, type Digest } from '../../../kernel/index.ts'
import { acceptedOf, lower, readPayload } from '../decodePayment.ts'
import type { DecodedPayment } from '../paymentScheme.ts'
import { channelConfigSchema } from './channelConfig.ts'

const amount = z.string().regex(/^[0-9]{1,39}$/)
const seconds = z.string().regex(/^[0-9]{1,15}$/)
const hex = z.string().regex(/^0x[0-9a-fA-F]*$/)

const deposit = z.object({
  amount,
  authorization: z.object({
    erc3009Authorization: z.object({
      validAfter: seconds,
      validBefore: seconds,
      salt: z.string().regex(/^0x[0-9a-fA-F]{64}$/),
      signature: hex,
    }),
  }),
})

/** A voucher of a channel, or a deposit with the first voucher that it covers. */
const channelPayloadSchema = z.object({
  type: z.enum(['voucher', 'deposit']),
  channelConfig: channelConfigSchema,
  voucher: z.object({
    channelId: z.string().regex(/^0x[0-9a-fA-F]{64}$/),
    maxClaimableAmount: amount,
    signature: hex,
  }),
  deposit: deposit.optional(),
})
export type ChannelPayload = z.infer<typeof channelPayloadSchema>

const read = new WeakMap<PaymentPayload, ChannelPayload>()

/** Reads a payload, once for all steps of its sale. Throws payment/malformed. */
export function readChannelPayload(payload: PaymentPayload): ChannelPayload {
  const known = read.get(payload) ?? readPayload(channelPayloadSchema, payload)
  read.set(payload, known)
  return known
}

/** A voucher names the answer that it pays for: (payer, this) is its key, whatever else is sent beside it. */
export function channelNonce(channel: Digest, maxWei: bigint): Digest {
  return digestOf({ channel, cumulativeWei: maxWei.toString() })
}

/** How long a payment that got no answer keeps its channel. A voucher itself never expires. */
const holdSeconds = 900

/** Throws payment/malformed. */
export function decodeChannelPayment(payload: PaymentPayload, now: number): DecodedPayment {
  const { channelConfig, voucher, type, deposit: brought } = readChannelPayload(payload)
  const channel = digestString.parse(voucher.channelId.toLowerCase())
  const maxWei = BigInt(voucher.maxClaimableAmount)
  const authorization = type === 'deposit' ? brought?.authorization.erc3009Authorization : undefined
  const untilSeconds = BigInt(Math.floor(now / 1_000) + holdSeconds)
  return {
    ...acceptedOf(payload),
    payer: lower(channelConfig.payer),
    nonce: channelNonce(channel, maxWei),
    amountWei: BigInt(payload.accepted.amount),
    payTo: lower(channelConfig.receiver),
    asset: lower(channelConfig.token),
    validAfter: authorization ? BigInt(authorization.validAfter) : 0n,
    validBefore: authorization ? BigInt(authorization.validBefore) : untilSeconds,
    channel: {
      id: channel,
      baseWei: maxWei - BigInt(payload.accepted.amount),
      signedWei: maxWei,
      signature: voucher.signature,
    },
    payload,
  }
}
