import { eq } from 'drizzle-orm'
import type { Attribution, AttributionTier, Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { attributions } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import { attributionFromRow } from './attributionFromRow.ts'
import { highestTier } from './highestTier.ts'

/**
 * The scores of a receipt: of the tier that is asked for, else the highest there is, which is what is paid.
 * Throws store/not-found, store/attribution-damaged.
 */
export const attributionOf = defineQuery(
  'attributionOf',
  async ({ db }, { receipt, tier }: { receipt: Digest; tier?: AttributionTier }): Promise<Attribution> => {
    const rows = await db.select().from(attributions).where(eq(attributions.receipt, receipt))
    const asked = tier === undefined ? highestTier(rows) : rows.filter((row) => row.tier === tier)
    return attributionFromRow(oneRow(asked, 'attribution', { receipt, ...(tier === undefined ? {} : { tier }) }))
  },
)
