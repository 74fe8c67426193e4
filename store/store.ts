import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

/** What a query needs: the store itself, or a transaction of it. */
export type Queryable = { readonly db: PgDatabase<PgQueryResultHKT> }

/** The database: PGlite in a folder or Postgres at an address; every query runs on both. */
export type Store = Queryable & { readonly kind: 'pglite' | 'postgres'; close(): Promise<void> }
