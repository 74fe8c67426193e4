import { and, asc, eq, getTableColumns } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { attributions, payments } from '../../schema/index.ts'
import { signedAttributionFromRow, type SignedAttribution } from './attributionFromRow.ts'
import { highestTier } from './highestTier.ts'

/**
 * The scores of all receipts of a frozen epoch, of the highest tier there is, which is what is paid, in the order of the
 * receipt ids. Throws store/attribution-damaged.
 */
export const attributionsOfEpoch = defineQuery(
  'attributionsOfEpoch',
  async ({ db }, { epoch }: { epoch: number }): Promise<SignedAttribution[]> => {
    const rows = await db
      .select(getTableColumns(attributions))
      .from(attributions)
      .innerJoin(payments, and(eq(payments.receipt, attributions.receipt)))
      .where(eq(payments.epoch, epoch))
      .orderBy(asc(attributions.receipt))
    return highestTier(rows).map(signedAttributionFromRow)
  },
)
