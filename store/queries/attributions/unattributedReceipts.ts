import { asc, eq, isNull } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { attributions, receipts } from '../../schema/index.ts'

/** Receipts without scores, oldest first: what a crash left for the attribution workflow. */
export const unattributedReceipts = defineQuery(
  'unattributedReceipts',
  async ({ db }, { limit = 1_000 }: { limit?: number }): Promise<Digest[]> => {
    const rows = await db
      .select({ id: receipts.id })
      .from(receipts)
      .leftJoin(attributions, eq(attributions.receipt, receipts.id))
      .where(isNull(attributions.receipt))
      .orderBy(asc(receipts.atMs), asc(receipts.id))
      .limit(limit)
    return rows.map(({ id }) => id)
  },
)
