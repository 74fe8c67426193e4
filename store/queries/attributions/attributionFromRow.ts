import { attributionSchema, digestText, TributaryError, type Attribution } from '../../../kernel/index.ts'
import type { attributions } from '../../schema/index.ts'

/** Parse stored scores and check their digest. Throws store/attribution-damaged. */
export function attributionFromRow({ receipt, digest, body }: typeof attributions.$inferSelect): Attribution {
  const found = digestText(body)
  if (found !== digest) {
    throw new TributaryError('The stored scores of a receipt are not those that were recorded.', {
      code: 'store/attribution-damaged',
      facts: { receipt, digest, foundDigest: found },
      tryThis: 'restore the attributions table from a backup; tributary audit recomputes the scores',
    })
  }
  return attributionSchema.parse(JSON.parse(body))
}
