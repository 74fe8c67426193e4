import { bigint, pgTable, text } from 'drizzle-orm/pg-core'

/** Who works on what until when: a row while somebody does. Times are the database's own, in milliseconds since 1970. */
export const leases = pgTable('leases', {
  key: text('key').primaryKey(),
  holder: text('holder').notNull(),
  untilMs: bigint('until_ms', { mode: 'number' }).notNull(),
})
