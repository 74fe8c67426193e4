import { declarePaymentIdentifierExtension, PAYMENT_IDENTIFIER } from '@x402/extensions/payment-identifier'
import type { DiscoveryExtension } from '@x402/extensions/bazaar'
import {
  paymentChallenge,
  signedOffers,
  type DecodedPayment,
  type PaymentChallenge,
  type PaymentRequirements,
} from '../../chain/index.ts'
import type { TributaryError } from '../../kernel/index.ts'
import { quoteFor, schemeOf, type ChatRequest, type ToolContext } from '../../tools/index.ts'

export type Unpaid = {
  refused: TributaryError
  payment: DecodedPayment | undefined
  resourceUrl: string
  /** A quote that still holds, which the client named. */
  quote?: string | undefined
  /** How a catalogue of the protocol describes what is sold here. */
  discovery: DiscoveryExtension
}

/**
 * What is asked for one answer, as x402 v2 says it over any transport: all ways to pay, each signed as an offer, where
 * there is room for the answer now; nothing is kept for who has not paid. Throws models/busy, models/unknown-model.
 */
export async function askForPayment(ctx: ToolContext, request: ChatRequest, unpaid: Unpaid): Promise<PaymentChallenge> {
  const { refused, payment, resourceUrl, quote, discovery } = unpaid
  const { adapter, feeWei, promptIds, asked } = await quoteFor(request, ctx, quote)
  const place = await ctx.answers.admit({ adapter, promptTokens: promptIds.length, maxTokens: asked.maxTokens })
  place.release()
  const offers = ctx.schemes.map(({ id, requirements }) => ({ id, terms: requirements({ amountWei: feeWei }) }))
  let error: string = refused.code
  const mended = payment && (await mend(ctx, refused, payment, offers))
  if (mended) error = mended.error
  const accepts = offers.map(({ id, terms }) => (id === payment?.scheme && mended ? mended.requirements : terms))
  const signer = { server: ctx.keys.server, chainId: ctx.chain.chainId }
  const extensions = {
    bazaar: discovery,
    [PAYMENT_IDENTIFIER]: declarePaymentIdentifierExtension(false),
    ...(await signedOffers(signer, { accepts, resourceUrl })),
  }
  return paymentChallenge({ accepts, resourceUrl, error, extensions })
}

/** What the scheme of the refused payment knows that helps its client to sign a good one. */
async function mend(
  ctx: ToolContext,
  { code }: TributaryError,
  payment: DecodedPayment,
  offers: { id: string; terms: PaymentRequirements }[],
) {
  const terms = offers.find(({ id }) => id === payment.scheme)?.terms
  return terms && schemeOf(ctx, payment.scheme).mend?.({ code, payment }, terms)
}

/** Refusals after which another payment helps get 402 and the terms again; a payment that was used for something else does not. */
export function asksForPayment({ code, retry }: TributaryError): boolean {
  return code.startsWith('payment/') && !code.startsWith('payment/quote-') && !others.has(code) && !retry
}

const others = new Set([
  'payment/replayed',
  'payment/old-version',
  'payment/identifier-reused',
  'payment/bad-identifier',
  'payment/not-the-payer',
])
