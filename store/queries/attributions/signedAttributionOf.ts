import { eq } from 'drizzle-orm'
import type { AttributionTier, Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { attributions } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import { signedAttributionFromRow, type SignedAttribution } from './attributionFromRow.ts'
import { highestTier } from './highestTier.ts'

/**
 * The scores of a receipt and who signed them: of the tier that is asked for, else the highest there is, which is what is paid.
 * Throws store/not-found, store/attribution-damaged.
 */
export const signedAttributionOf = defineQuery(
  'signedAttributionOf',
  async ({ db }, { receipt, tier }: { receipt: Digest; tier?: AttributionTier }): Promise<SignedAttribution> => {
    const rows = await db.select().from(attributions).where(eq(attributions.receipt, receipt))
    const asked = tier === undefined ? highestTier(rows) : rows.filter((row) => row.tier === tier)
    return signedAttributionFromRow(oneRow(asked, 'attribution', { receipt, ...(tier === undefined ? {} : { tier }) }))
  },
)
