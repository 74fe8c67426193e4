import type { Address } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { paymentIdentifiers } from '../../schema/index.ts'

export type PaymentIdentifier = typeof paymentIdentifiers.$inferSelect

/** Lets a payer's identifier stand for a payment; in place of one that came to nothing. */
export const saveIdentifier = defineQuery('saveIdentifier', async ({ db }, row: PaymentIdentifier): Promise<void> => {
  const { payer, id, ...set } = row
  await db
    .insert(paymentIdentifiers)
    .values({ payer: payer.toLowerCase() as Address, id, ...set })
    .onConflictDoUpdate({ target: [paymentIdentifiers.payer, paymentIdentifiers.id], set })
})
