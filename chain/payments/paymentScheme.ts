import type { PaymentPayload, PaymentRequirements } from '@x402/core/types'
import type { Address, Digest } from '../../kernel/index.ts'
import type { Sent } from '../client/sendOnce.ts'

/** A payment as it came, well formed but not yet believed. `payer` and `nonce` together name it. */
export type DecodedPayment = {
  payer: Address
  nonce: Digest
  /** The most that it allows to be charged. */
  amountWei: bigint
  payTo: Address
  asset: Address
  network: string
  scheme: string
  /** Seconds since 1970: it is valid strictly between them. */
  validAfter: bigint
  validBefore: bigint
  /** The payment channel that it draws on, where its scheme has any: its voucher, and what that supposes as charged before. */
  channel?: { id: Digest; baseWei: bigint; signedWei: bigint; signature: string }
  /** To keep, so that it can be settled after a crash: plain JSON. */
  payload: PaymentPayload
}

/** The stored part of a payment: enough to settle it after a crash. */
export type PaymentToSettle = { payer: Address; nonce: Digest; payload: PaymentPayload }

/**
 * One way to pay, as the seller sees it. Its id is in payments, receipts and offers: never reused for a changed method.
 * The seller owns the states of a payment; a scheme only says what is signed, whether it is good, and moves the money.
 */
export type PaymentScheme = {
  readonly id: string
  /**
   * When the answer may leave. `settled`: once the money has moved. `answered`: once answer and charge are stored, since the
   * payment can be enforced from then on; many of them are settled together, by what settles the scheme.
   */
  readonly leaves: 'settled' | 'answered'
  /** What is charged. `quoted`: the price. `made`: what was made, at most the price. */
  readonly charges: 'quoted' | 'made'
  /** What a payment must be: a pure function of price and deployment, so that the same request is quoted the same. */
  requirements: (quote: { amountWei: bigint }) => PaymentRequirements
  /** Reads a payload of this scheme. Throws payment/malformed. */
  decode: (payload: PaymentPayload) => DecodedPayment
  /** Whether it would settle now, for what is asked. Changes nothing. Throws one of `refusals`, chain/unreachable. */
  verify: (payment: DecodedPayment, terms: { requirements: PaymentRequirements; now: number }) => Promise<void>
  /** What only one payment at a time may draw on, from its verification to its settlement, where there is such a thing. */
  exclusive?: (payment: DecodedPayment) => string | undefined
  /** What must be on chain before work begins, such as a deposit: once, however often it is called. */
  prepare?: (payment: PaymentToSettle) => Promise<void>
  /** Takes `amountWei`, once: asks the chain first and after any failure. Throws one of `refusals`, chain/… */
  settle: (payment: PaymentToSettle, amountWei: bigint) => Promise<Sent>
  /** What PAYMENT-RESPONSE says beside amount and transaction, so that the buyer's client knows where it stands. */
  told?: (payment: PaymentToSettle & { feeWei: bigint; maxWei: bigint }) => Promise<Record<string, unknown>>
  /** A refusal as the protocol's clients know it: the name of the error, and terms by which they can mend it. */
  mend?: (
    refused: { code: string; payment: DecodedPayment },
    requirements: PaymentRequirements,
  ) => Promise<{ error: string; requirements: PaymentRequirements } | undefined>
}
