import {
  attributionSchema,
  digestText,
  TributaryError,
  type Address,
  type Attribution,
  type Digest,
} from '../../../kernel/index.ts'
import type { attributions } from '../../schema/index.ts'

/** Scores, their digest, and who signed that; null for scores of before they were signed. */
export type SignedAttribution = {
  digest: Digest
  attribution: Attribution
  signed: { signature: string; signer: Address } | null
}

/** Parse stored scores and check their digest. Throws store/attribution-damaged. */
export function signedAttributionFromRow({
  receipt,
  digest,
  body,
  signature,
  signer,
}: typeof attributions.$inferSelect): SignedAttribution {
  const found = digestText(body)
  if (found !== digest) {
    throw new TributaryError('The stored scores of a receipt are not those that were recorded.', {
      code: 'store/attribution-damaged',
      facts: { receipt, digest, foundDigest: found },
      tryThis: 'restore the attributions table from a backup; tributary audit recomputes the scores',
    })
  }
  const signed = signature === null || signer === null ? null : { signature, signer }
  return { digest, attribution: attributionSchema.parse(JSON.parse(body)), signed }
}
