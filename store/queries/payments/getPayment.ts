import { defineQuery } from '../../defineQuery.ts'
import { payments } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import { isPayment, type Payment, type PaymentKey } from './paymentRow.ts'

/** Throws store/not-found. */
export const getPayment = defineQuery('getPayment', async ({ db }, key: PaymentKey): Promise<Payment> => {
  return oneRow(await db.select().from(payments).where(isPayment(key)), 'payment', { ...key })
})
