import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { receipts } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import { receiptFromRow, type SignedReceipt } from './receiptFromRow.ts'

/** Throws store/not-found, store/receipt-damaged. */
export const getReceipt = defineQuery('getReceipt', async ({ db }, { id }: { id: Digest }): Promise<SignedReceipt> => {
  return receiptFromRow(oneRow(await db.select().from(receipts).where(eq(receipts.id, id)), 'receipt', { id }))
})
