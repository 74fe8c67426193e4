import { and, asc, eq, getTableColumns } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { payments, receipts } from '../../schema/index.ts'
import { receiptFromRow, type SignedReceipt } from './receiptFromRow.ts'

/** The receipts that a frozen epoch pays out, in the order of their ids. Throws store/receipt-damaged. */
export const receiptsOfEpoch = defineQuery(
  'receiptsOfEpoch',
  async ({ db }, { epoch }: { epoch: number }): Promise<SignedReceipt[]> => {
    const rows = await db
      .select(getTableColumns(receipts))
      .from(receipts)
      .innerJoin(payments, and(eq(payments.payer, receipts.payer), eq(payments.nonce, receipts.nonce)))
      .where(eq(payments.epoch, epoch))
      .orderBy(asc(receipts.id))
    return rows.map(receiptFromRow)
  },
)
