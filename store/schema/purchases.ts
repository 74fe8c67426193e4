import { pgTable, text } from 'drizzle-orm/pg-core'
import { exactText, millis, wei } from './columns.ts'

/** Payments that we signed as a buyer, by the effect key of the purchase: sent again after a crash, never signed twice. */
export const purchases = pgTable('purchases', {
  key: text('key').primaryKey(),
  /** JSON of the signed payment; it is worth its amount to the payee it names and to nobody else. */
  payment: exactText('payment').notNull(),
  amountWei: wei('amount_wei').notNull(),
  atMs: millis('at_ms').notNull(),
})
