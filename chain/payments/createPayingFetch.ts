import type { PaymentRequirements, SchemeNetworkClient } from '@x402/core/types'
import { decodePaymentResponseHeader, wrapFetchWithPayment, x402Client } from '@x402/fetch'
import type { LocalAccount } from 'viem'
import { TributaryError, type Address } from '../../kernel/index.ts'
import { chainError } from '../client/chainError.ts'
import { isNoAnswer } from '../client/failureText.ts'
import { exactBuyer, toSigned, type BuyerScheme, type SignedPayment } from './buyerScheme.ts'
import { networkOf } from './paymentRequirements.ts'

export type PayingFetchOptions = {
  account: LocalAccount
  /** How it pays; exact unless given. */
  scheme?: BuyerScheme
  chainId: number
  /** The only token that is paid in. */
  asset: Address
  /** The only address that is paid; any when left out. */
  payTo?: Address
  /** Reserves what is about to be signed against the budget; nothing is signed when it throws. */
  reserve: (terms: PaymentTerms, key: string | undefined) => Promise<void> | void
  /** Called with each signed payment before it leaves; the request waits for it. */
  onPayment?: (payment: SignedPayment, key: string | undefined) => Promise<void> | void
  /** The payment signed under this key by an earlier, interrupted call. */
  findPayment?: (key: string) => Promise<SignedPayment | undefined> | SignedPayment | undefined
  fetch?: typeof globalThis.fetch
  now?: () => number
}

/** What a payment would allow its payee to charge, at most. */
export type PaymentTerms = { scheme: string; asset: Address; payTo: Address; amountWei: bigint }

/** As `fetch`. `key` names the purchase: called again with it, the payment signed before is sent again. */
export type PayingFetch = (input: string | URL | Request, init?: RequestInit, key?: string) => Promise<Response>

/** No authorisation is signed that could be charged later than this. */
const longestSeconds = 3_600

/**
 * A fetch that pays what a 402 asks for, by the real @x402/fetch, where `reserve` lets it.
 * Throws what `reserve` throws, payment/not-offered (no offer in this token, chain, scheme or to this
 * payee), payment/unreadable-offer, chain/unreachable where signing needs a look at the buyer's own node and gets no answer;
 * what the network throws passes through.
 */
export function createPayingFetch(options: PayingFetchOptions): PayingFetch {
  const {
    account,
    chainId,
    asset,
    payTo,
    reserve,
    onPayment,
    findPayment,
    fetch: plainFetch = globalThis.fetch,
    now = Date.now,
  } = options
  const network = networkOf(chainId)
  const { scheme = exactBuyer(account) } = options

  const offered = (requirements: PaymentRequirements[]) =>
    requirements.filter(
      (offer) =>
        offer.scheme === scheme.id &&
        (payTo === undefined || offer.payTo.toLowerCase() === payTo.toLowerCase()) &&
        scheme.takes(offer) &&
        offer.maxTimeoutSeconds <= longestSeconds,
    )

  const pay = async (request: Request, key: string | undefined): Promise<Response> => {
    // One x402 client a call: what its hooks throw reaches us only through a variable of this call.
    let stopped: { error: unknown } | undefined
    const sign: SchemeNetworkClient['createPaymentPayload'] = async (...asked) => {
      try {
        return await scheme.client.createPaymentPayload(...asked)
      } catch (error) {
        if (isNoAnswer(error) || error instanceof TributaryError)
          stopped = { error: chainError(error, { action: 'signing a payment' }) }
        throw error
      }
    }
    const signing = Object.create(scheme.client, {
      createPaymentPayload: { value: sign },
    }) as SchemeNetworkClient
    const client = new x402Client()
      .register(network, signing)
      .setSpendControls({ allowedAssets: [{ network, asset }] })
      .registerPolicy((_version, requirements) => offered(requirements))
      .onBeforePaymentCreation(async ({ selectedRequirements }) => {
        try {
          await reserve(termsOf(selectedRequirements), key)
          return undefined
        } catch (error) {
          stopped = { error }
          return { abort: true, reason: 'budget' }
        }
      })
      .onAfterPaymentCreation(async ({ paymentPayload }) => {
        try {
          await onPayment?.(toSigned(scheme, paymentPayload), key)
        } catch (error) {
          stopped = { error }
          throw error
        }
      })
    try {
      return await wrapFetchWithPayment(plainFetch, client)(request)
    } catch (error) {
      throw stopped === undefined ? offerError(error, { network, asset }) : stopped.error
    }
  }

  /** What was signed before is sent again at once; something new is signed in its turn. */
  const payInTurn = (request: Request, key: string | undefined) =>
    scheme.turn ? scheme.turn(() => pay(request, key)) : pay(request, key)

  return async (input, init, key) => {
    const request = new Request(input, init)
    const known = key === undefined ? undefined : await findPayment?.(key)
    if (known === undefined) return payInTurn(request, key)
    const again = request.clone()
    again.headers.set('PAYMENT-SIGNATURE', known.header)
    const response = await plainFetch(again)
    if (response.ok) await scheme.answered?.(known, response)
    if (response.ok) return response
    const refused = { status: response.status, code: await codeOf(response.clone()), nowSeconds: now() / 1_000 }
    return scheme.isDead(known, refused) ? payInTurn(request, key) : response
  }
}

function termsOf({ scheme, asset, payTo, amount }: PaymentRequirements): PaymentTerms {
  return { scheme, asset: asset as Address, payTo: payTo as Address, amountWei: BigInt(amount) }
}

/** What a paid response says about its settlement; undefined when it says nothing. */
export function settlementOf(response: Response): { tx: string; success: boolean } | undefined {
  const header = response.headers.get('PAYMENT-RESPONSE')
  if (header === null) return undefined
  const { transaction, success } = decodePaymentResponseHeader(header)
  return { tx: transaction, success }
}

/** The code of a refusal of ours; empty where the body says none. */
async function codeOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => ({}))) as { error?: unknown; details?: unknown }
  for (const part of [body.error, body.details]) {
    if (typeof part === 'object' && part !== null && 'code' in part && typeof part.code === 'string') return part.code
  }
  return ''
}

/** What the x402 package says about an offer, as a coded error; what the network throws passes through. */
function offerError(error: unknown, facts: { network: string; asset: Address }): unknown {
  const reason = error instanceof Error ? error.message : ''
  const isUnreadable = reason.startsWith('Failed to parse payment requirements')
  if (!isUnreadable && !reason.startsWith('Failed to create payment payload')) return error
  return new TributaryError(
    isUnreadable ? 'The seller’s price can’t be read.' : 'The seller offers nothing that this buyer may pay.',
    {
      code: isUnreadable ? 'payment/unreadable-offer' : 'payment/not-offered',
      facts: { ...facts, reason: reason.slice(0, 300) },
      tryThis:
        'check that seller and buyer are on the same chain and token, and that the seller offers the scheme (x402 v2)',
      cause: error,
    },
  )
}
