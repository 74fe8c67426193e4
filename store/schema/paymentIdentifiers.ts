import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { address, digest, millis } from './columns.ts'

/** Identifiers that payers chose for their purchases, each with the payment and the request that it stands for. */
export const paymentIdentifiers = pgTable(
  'payment_identifiers',
  {
    payer: address('payer').notNull(),
    id: text('id').notNull(),
    nonce: digest('nonce').notNull(),
    request: digest('request').notNull(),
    atMs: millis('at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.payer, t.id] })],
)
