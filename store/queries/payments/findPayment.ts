import { defineQuery } from '../../defineQuery.ts'
import { payments } from '../../schema/index.ts'
import { isPayment, type Payment, type PaymentKey } from './paymentRow.ts'

/** A payment, or undefined where (payer, nonce) was never reserved. */
export const findPayment = defineQuery('findPayment', async ({ db }, key: PaymentKey): Promise<Payment | undefined> => {
  const [payment] = await db.select().from(payments).where(isPayment(key))
  return payment
})
