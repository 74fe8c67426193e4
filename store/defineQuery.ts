import { describeFailure } from './describeFailure.ts'
import type { Queryable } from './store.ts'

/** A query as a free function `(store, params)` whose failures are coded and carry no stored text. */
export function defineQuery<R, P = Record<string, never>>(
  name: string,
  run: (store: Queryable, params: P) => Promise<R>,
): (store: Queryable, params: P) => Promise<R> {
  return async (store, params) => {
    try {
      return await run(store, params)
    } catch (failure) {
      throw describeFailure(name, failure)
    }
  }
}
