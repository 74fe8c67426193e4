import { hashTypedData } from 'viem'
import { recoverSigner, type Chain, type Keys } from '../../chain/index.ts'
import { digestText, TributaryError, type Address, type Digest } from '../../kernel/index.ts'
import type { Prices } from '../context.ts'

const hourMs = 3_600_000

/** What a quote is for: the canonical request, and the adapter that its model meant. */
export type Quotable = { request: string; adapter: Digest }
type Signing = { chain: Pick<Chain, 'chainId'>; keys: Pick<Keys, 'server'> }

/** A quote holds until the end of the next hour, so that the same request is quoted the same within one. */
export function quoteExpiry(now: number): number {
  return (Math.floor(now / hourMs) + 2) * hourMs
}

/**
 * A quote by name: prices and expiry, signed by the server for one request. Nothing is stored: whoever shares the key honours
 * it, also after a restart or a change of prices.
 */
export async function quoteId(
  { chain, keys }: Signing,
  what: Quotable,
  { prices, expiresAtMs }: { prices: Prices; expiresAtMs: number },
): Promise<string> {
  const signature = await keys.server.signTypedData(typed(chain, what, { prices, expiresAtMs }))
  const { platformWei, inputWeiPer1000, outputWeiPer1000 } = prices
  return ['q1', expiresAtMs, platformWei, inputWeiPer1000, outputWeiPer1000, signature].join('.')
}

/** The prices of a quote. Throws payment/quote-unknown where it is not ours for this request, payment/quote-expired. */
export function readQuote({ chain, keys }: Signing, what: Quotable, { id, now }: { id: string; now: number }): Prices {
  const [, expiry, platform, input, output, signature] = pattern.exec(id) ?? []
  if (expiry === undefined) throw unknown(id)
  const prices = {
    platformWei: BigInt(platform!),
    inputWeiPer1000: BigInt(input!),
    outputWeiPer1000: BigInt(output!),
  }
  const expiresAtMs = Number(expiry)
  const hash = hashTypedData(typed(chain, what, { prices, expiresAtMs }))
  const signer = recoverSigner(hash, signature as `0x${string}`)
  if (signer !== (keys.server.address.toLowerCase() as Address)) throw unknown(id)
  if (expiresAtMs > now) return prices
  throw new TributaryError('This quote is over.', {
    code: 'payment/quote-expired',
    facts: { expiredAt: new Date(expiresAtMs).toISOString() },
    tryThis: 'ask for a fresh quote',
  })
}

const pattern = /^q1\.([0-9]{1,15})\.([0-9]{1,78})\.([0-9]{1,78})\.([0-9]{1,78})\.(0x[0-9a-f]{130})$/

function typed(
  { chainId }: Pick<Chain, 'chainId'>,
  { request, adapter }: Quotable,
  { prices, expiresAtMs }: { prices: Prices; expiresAtMs: number },
) {
  const { platformWei, inputWeiPer1000, outputWeiPer1000 } = prices
  return {
    domain: { name: 'Tributary quote', version: '1', chainId },
    types: {
      Quote: [
        { name: 'request', type: 'bytes32' },
        { name: 'adapter', type: 'bytes32' },
        { name: 'platformWei', type: 'uint256' },
        { name: 'inputWeiPer1000', type: 'uint256' },
        { name: 'outputWeiPer1000', type: 'uint256' },
        { name: 'expiresAtMs', type: 'uint256' },
      ],
    },
    primaryType: 'Quote',
    message: {
      request: digestText(request),
      adapter,
      platformWei,
      inputWeiPer1000,
      outputWeiPer1000,
      expiresAtMs: BigInt(expiresAtMs),
    },
  } as const
}

function unknown(id: string): TributaryError {
  return new TributaryError('This is no quote of ours for this request.', {
    code: 'payment/quote-unknown',
    facts: { quote: id.slice(0, 80) },
    tryThis: 'send the request exactly as it was quoted, or ask for a fresh quote',
  })
}
