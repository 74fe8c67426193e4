import { and, asc, eq, getTableColumns, gt, inArray } from 'drizzle-orm'
import type { Attribution, Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { attributions, histories, payments, receipts } from '../../schema/index.ts'
import { signedAttributionFromRow, type SignedAttribution } from '../attributions/attributionFromRow.ts'
import { highestTier } from '../attributions/highestTier.ts'
import { oneRow } from '../oneRow.ts'
import { receiptFromRow, type SignedReceipt } from './receiptFromRow.ts'

export type PaidAnswer = SignedReceipt & {
  attribution: Attribution
  scores: Pick<SignedAttribution, 'digest' | 'signed'>
  /** Of the archived history of its attribution; null before that is archived. */
  history: Digest | null
}

/**
 * The receipts of a frozen epoch with the scores that pay them (the highest tier there is), `limit` at a time in the order of
 * their ids, those after `after`. Three queries a page. Throws store/receipt-damaged, store/attribution-damaged,
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
    const workflows = ids.map((id) => `attribute/${id}`)
    const archived = await db.select().from(histories).where(inArray(histories.workflow, workflows))
    const blobs = new Map(archived.map(({ workflow, blob }) => [workflow, blob]))
    return rows.map((row) => {
      const found = scores.get(row.id)
      const of = oneRow(found === undefined ? [] : [found], 'attribution', { receipt: row.id })
      const receipt = receiptFromRow(row)
      const { attribution, digest, signed } = signedAttributionFromRow(of)
      const history = blobs.get(`attribute/${row.id}`) ?? null
      return { ...receipt, attribution, scores: { digest, signed }, history }
    })
  },
)
