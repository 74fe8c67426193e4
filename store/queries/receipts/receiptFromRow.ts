import {
  digestText,
  receiptSchema,
  TributaryError,
  type Address,
  type Digest,
  type Receipt,
} from '../../../kernel/index.ts'
import type { receipts } from '../../schema/index.ts'

export type SignedReceipt = { id: Digest; receipt: Receipt; signature: string; signer: Address }

/** Parse a stored receipt and check its digest. Throws store/receipt-damaged when its bytes are not those signed. */
export function receiptFromRow({ id, body, signature, signer }: typeof receipts.$inferSelect): SignedReceipt {
  const found = digestText(body)
  if (found !== id) {
    throw new TributaryError('A stored receipt is not the one that was signed.', {
      code: 'store/receipt-damaged',
      facts: { receipt: id, foundDigest: found },
      tryThis: 'restore the receipts table from a backup; tributary audit names what else differs',
    })
  }
  return { id, receipt: receiptSchema.parse(JSON.parse(body)), signature, signer }
}
