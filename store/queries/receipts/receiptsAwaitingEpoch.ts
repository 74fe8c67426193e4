import { and, asc, eq, getTableColumns, isNull } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { payments, receipts } from '../../schema/index.ts'
import { receiptFromRow, type SignedReceipt } from './receiptFromRow.ts'

/** The settled receipts that no epoch has taken yet: what freezing now would take. */
export const receiptsAwaitingEpoch = defineQuery('receiptsAwaitingEpoch', async ({ db }): Promise<SignedReceipt[]> => {
  const rows = await db
    .select(getTableColumns(receipts))
    .from(receipts)
    .innerJoin(payments, and(eq(payments.payer, receipts.payer), eq(payments.nonce, receipts.nonce)))
    .where(and(eq(payments.state, 'settled'), isNull(payments.epoch)))
    .orderBy(asc(receipts.id))
  return rows.map(receiptFromRow)
})
