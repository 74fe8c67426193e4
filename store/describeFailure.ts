import { DrizzleQueryError } from 'drizzle-orm/errors'
import { TributaryError } from '../kernel/index.ts'

/**
 * The coded form of a database failure. Drizzle's own message lists the query's parameters (prompts, samples,
 * salts) and Postgres' `detail` quotes whole rows, so neither is kept: only the query's name, the driver's code
 * (SQLSTATE), table and constraint.
 *
 * Codes: store/disk-full, store/unreachable (retry), store/conflict (serialisation or deadlock, retry),
 * store/query-failed. Errors that are not the database's pass unchanged.
 */
export function describeFailure(query: string, failure: unknown): unknown {
  if (failure instanceof TributaryError) return failure
  const driver = failure instanceof DrizzleQueryError ? failure.cause : failure
  // An error of a query's own code has no driver code and was not thrown by drizzle.
  const code = driverCode(driver)
  if (!(failure instanceof DrizzleQueryError) && code === undefined) return failure
  const facts = { query, driverCode: code ?? 'none', ...place(driver) }

  if (code === '53100' || code === 'ENOSPC' || /no space left/i.test(String(driver))) {
    return new TributaryError('The disk of the database is full; nothing was written.', {
      code: 'store/disk-full',
      facts,
      tryThis: 'free some space, then run the same again',
      retry: true,
    })
  }
  if (/^(08|57P0|53300)|^E(CONN|PIPE|TIMEDOUT|HOSTUNREACH|NOTFOUND)|^CONNECT/.test(code ?? '')) {
    return new TributaryError('The database cannot be reached.', {
      code: 'store/unreachable',
      facts,
      tryThis: 'check DATABASE_URL and that the server is up',
      retry: true,
    })
  }
  if (code === '40001' || code === '40P01') {
    return new TributaryError('Two writers met; one of them has to try again.', {
      code: 'store/conflict',
      facts,
      tryThis: 'call again',
      retry: true,
    })
  }
  return new TributaryError(`The query ${query} failed.`, {
    code: 'store/query-failed',
    facts,
    tryThis: 'look up driverCode in the list of SQLSTATE codes of Postgres',
  })
}

function driverCode(driver: unknown): string | undefined {
  if (typeof driver !== 'object' || driver === null || !('code' in driver)) return undefined
  return typeof driver.code === 'string' ? driver.code : undefined
}

function place(driver: unknown): Record<string, string> {
  if (typeof driver !== 'object' || driver === null) return {}
  const fields = driver as { table?: unknown; table_name?: unknown; constraint?: unknown; constraint_name?: unknown }
  const table = fields.table ?? fields.table_name
  const constraint = fields.constraint ?? fields.constraint_name
  return {
    ...(typeof table === 'string' ? { table } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
  }
}
