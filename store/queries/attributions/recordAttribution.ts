import { and, eq, isNull } from 'drizzle-orm'
import {
  attributionSchema,
  canonicalText,
  digestText,
  TributaryError,
  type Address,
  type Attribution,
  type AttributionTier,
  type Digest,
} from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { attributions } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'

/**
 * Store the quantised scores of a receipt in a tier, once: those of tier `money` decide money. The same scores again change
 * nothing but that scores of before they were signed get their signature.
 * Throws store/attribution-conflict when others are stored already.
 */
export const recordAttribution = defineQuery(
  'recordAttribution',
  async (
    { db },
    {
      attribution,
      tier = 'receipt',
      signed,
      atMs = Date.now(),
    }: {
      attribution: Attribution
      tier?: AttributionTier
      signed?: { signature: string; signer: Address }
      atMs?: number
    },
  ): Promise<Digest> => {
    const { receipt } = attribution
    const body = canonicalText(attributionSchema.parse(attribution))
    const digest = digestText(body)
    const [stored] = await db
      .insert(attributions)
      .values({ receipt, tier, digest, body, ...signed, atMs })
      .onConflictDoNothing()
      .returning()
    if (stored) return digest
    const own = and(eq(attributions.receipt, receipt), eq(attributions.tier, tier))
    const first = oneRow(await db.select().from(attributions).where(own), 'attribution', { receipt, tier })
    if (first.digest !== digest) {
      throw new TributaryError('This receipt has other scores already.', {
        code: 'store/attribution-conflict',
        facts: { receipt, tier, firstDigest: first.digest, digest },
        tryThis: 'use the stored scores; tributary audit tells which ones can be recomputed',
      })
    }
    if (signed && first.signature === null)
      await db
        .update(attributions)
        .set(signed)
        .where(and(own, isNull(attributions.signature)))
    return digest
  },
)
