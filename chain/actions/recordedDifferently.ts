import { TributaryError, type Facts } from '../../kernel/index.ts'

/** What is on chain never changes: the same name with other contents is an error, not a repetition. */
export function recordedDifferently(what: string, key: string | number, found: Facts): TributaryError {
  return new TributaryError(`This ${what} is on chain already, with other contents.`, {
    code: 'chain/recorded-differently',
    facts: { what, key, ...found },
    tryThis: 'records are append-only: look at what was asked before, or use another key',
  })
}
