import { and, asc, eq, getTableColumns, gt, inArray } from 'drizzle-orm'
import type { Attribution, Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { attributions, payments, receipts } from '../../schema/index.ts'
import { attributionFromRow } from '../attributions/attributionFromRow.ts'
import { highestTier } from '../attributions/highestTier.ts'
import { oneRow } from '../oneRow.ts'
import { receiptFromRow, type SignedReceipt } from './receiptFromRow.ts'

export type PaidAnswer = SignedReceipt & { attribution: Attribution }

/**
 * The receipts of a frozen epoch with the scores that pay them (the highest tier there is), `limit` at a time in the order of
 * their ids, those after `after`. Two queries a page. Throws store/receipt-damaged, store/attribution-damaged,
 * store/not-found for a receipt without scores.
 */
export const paidAnswersPage = defineQuery(
  'paidAnswersPage',
  async (
    { db },
    { epoch, after, limit }: { epoch: number; after?: Digest | undefined; limit: number },
  ): Promise<PaidAnswer[]> => {
    const rows = await db
      .select(getTableColumns(receipts))
      .from(receipts)
      .innerJoin(payments, and(eq(payments.payer, receipts.payer), eq(payments.nonce, receipts.nonce)))
      .where(and(eq(payments.epoch, epoch), after === undefined ? undefined : gt(receipts.id, after)))
      .orderBy(asc(receipts.id))
      .limit(limit)
    if (rows.length === 0) return []
    const ids = rows.map(({ id }) => id)
    const scored = await db.select().from(attributions).where(inArray(attributions.receipt, ids))
    const scores = new Map(highestTier(scored).map((row) => [row.receipt, row]))
    return rows.map((row) => {
      const found = scores.get(row.id)
      const of = oneRow(found === undefined ? [] : [found], 'attribution', { receipt: row.id })
      return { ...receiptFromRow(row), attribution: attributionFromRow(of) }
    })
  },
)
