import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { payments } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import type { Payment } from './paymentRow.ts'

/** The payment that a receipt was sold for. Throws store/not-found. */
export const paymentOfReceipt = defineQuery(
  'paymentOfReceipt',
  async ({ db }, { receipt }: { receipt: Digest }): Promise<Payment> => {
    return oneRow(await db.select().from(payments).where(eq(payments.receipt, receipt)), 'payment', { receipt })
  },
)
