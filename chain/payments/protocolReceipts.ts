import {
  createEIP712OfferReceiptIssuer,
  OFFER_RECEIPT,
  type OfferReceiptIssuer,
  type SignedOffer,
  type SignedReceipt,
} from '@x402/extensions/offer-receipt'
import type { PaymentRequirements } from '@x402/core/types'
import type { LocalAccount } from 'viem'
import type { Address } from '../../kernel/index.ts'
import { networkOf } from './paymentRequirements.ts'

const made = new WeakMap<LocalAccount, OfferReceiptIssuer>()

function issuerOf(server: LocalAccount, chainId: number): OfferReceiptIssuer {
  const found = made.get(server)
  if (found) return found
  const kid = `did:pkh:eip155:${chainId}:${server.address}#key-1`
  const issuer = createEIP712OfferReceiptIssuer(kid, (data) => server.signTypedData(data))
  made.set(server, issuer)
  return issuer
}

/** An offer holds for the 15 minutes of its terms: for so long the same one is made to whoever asks the same. */
const sameOfferMs = 30_000
const mostOffers = 500
const lately = new Map<string, { offers: Promise<SignedOffer[]>; untilMs: number }>()

/**
 * The protocol's signed offers (extension offer-receipt): each way to pay, signed by the server, so that a payer can show
 * what was asked of it. Cost: one signature a way to pay, where the same was not asked within the last half minute.
 */
export async function signedOffers(
  { server, chainId }: { server: LocalAccount; chainId: number },
  { accepts, resourceUrl }: { accepts: readonly PaymentRequirements[]; resourceUrl: string },
): Promise<Record<string, { info: { offers: SignedOffer[] }; schema: object }>> {
  const terms = accepts.map(({ scheme, network, asset, payTo, amount, maxTimeoutSeconds }, acceptIndex) => {
    return { acceptIndex, scheme, network, asset, payTo, amount, offerValiditySeconds: maxTimeoutSeconds }
  })
  const key = JSON.stringify([server.address, chainId, resourceUrl, terms])
  const known = lately.get(key)
  if (known && known.untilMs > Date.now()) return said(await known.offers)
  const issuer = issuerOf(server, chainId)
  const offers = Promise.all(terms.map((offer) => issuer.issueOffer(resourceUrl, offer)))
  lately.delete(key)
  lately.set(key, { offers, untilMs: Date.now() + sameOfferMs })
  if (lately.size > mostOffers) lately.delete(lately.keys().next().value!)
  return said(await offers)
}

function said(offers: SignedOffer[]) {
  return { [OFFER_RECEIPT]: { info: { offers }, schema: schemaOf('offers', { type: 'array' }) } }
}

/** The protocol's signed receipt of a payment, beside our own, which says more: with the transaction, where there is one. */
export async function signedPaymentReceipt(
  { server, chainId }: { server: LocalAccount; chainId: number },
  { resourceUrl, payer, tx }: { resourceUrl: string; payer: Address; tx: string },
): Promise<Record<string, { info: { receipt: SignedReceipt }; schema: object }>> {
  const receipt = await issuerOf(server, chainId).issueReceipt(resourceUrl, payer, networkOf(chainId), tx || undefined)
  return { [OFFER_RECEIPT]: { info: { receipt }, schema: schemaOf('receipt', { type: 'object' }) } }
}

function schemaOf(field: string, type: object): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { [field]: type },
    required: [field],
  }
}
