import { eq } from 'drizzle-orm'
import type { Attribution, Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { attributions } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import { attributionFromRow } from './attributionFromRow.ts'

/** Throws store/not-found, store/attribution-damaged. */
export const attributionOf = defineQuery(
  'attributionOf',
  async ({ db }, { receipt }: { receipt: Digest }): Promise<Attribution> => {
    const rows = await db.select().from(attributions).where(eq(attributions.receipt, receipt))
    return attributionFromRow(oneRow(rows, 'attribution', { receipt }))
  },
)
