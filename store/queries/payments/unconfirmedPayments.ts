import { and, asc, eq, isNotNull, isNull } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { payments } from '../../schema/index.ts'
import type { Payment } from './paymentRow.ts'

/** Settled payments with a receipt that no epoch has taken, and that were not yet seen again deep in the chain. */
export const unconfirmedPayments = defineQuery('unconfirmedPayments', async ({ db }): Promise<Payment[]> => {
  return db
    .select()
    .from(payments)
    .where(
      and(
        eq(payments.state, 'settled'),
        isNotNull(payments.receipt),
        isNull(payments.epoch),
        isNull(payments.confirmedAtMs),
      ),
    )
    .orderBy(asc(payments.settledAtMs), asc(payments.payer), asc(payments.nonce))
})
