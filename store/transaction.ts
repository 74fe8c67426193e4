import { describeFailure } from './describeFailure.ts'
import type { Queryable } from './store.ts'

/**
 * Run queries that must hold together or not at all (read committed; inside another transaction: a savepoint).
 * Inside `run` use only the queryable that it is given: PGlite has one connection, so a query on the outer store
 * would wait for ever.
 */
export async function transaction<T>(store: Queryable, run: (tx: Queryable) => Promise<T>): Promise<T> {
  try {
    return await store.db.transaction((db) => run({ db }))
  } catch (failure) {
    throw describeFailure('transaction', failure)
  }
}
