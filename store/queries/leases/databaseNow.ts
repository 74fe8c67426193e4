import { sql } from 'drizzle-orm'

/** The database's clock in milliseconds since 1970: one clock for all processes, whatever theirs say. */
export const databaseNow = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
