import { TributaryError, type Facts } from './TributaryError.ts'

/**
 * The coded error behind a failure, or undefined.
 * Walks `cause`, and revives the wire form that Temporal carries in `details[0]`: an error that crossed a
 * sandbox or a process is never an `instanceof` of ours.
 */
export function findError(failure: unknown): TributaryError | undefined {
  for (let at = failure, depth = 0; at && depth < 16; depth++) {
    if (at instanceof TributaryError) return at
    const { details, cause } = at as { details?: unknown[]; cause?: unknown }
    for (const candidate of [at, details?.[0]]) {
      if (isWireError(candidate)) {
        const { code, message, facts, tryThis, retry } = candidate
        return new TributaryError(message, {
          code: code as `${string}/${string}`,
          facts,
          retry,
          cause: failure,
          ...(tryThis === undefined ? {} : { tryThis }),
        })
      }
    }
    at = cause
  }
  return undefined
}

type WireError = { code: string; message: string; facts: Facts; tryThis?: string; retry: boolean }

function isWireError(value: unknown): value is WireError {
  if (typeof value !== 'object' || value === null) return false
  const { code, message, facts, retry } = value as Partial<WireError>
  return (
    typeof code === 'string' &&
    code.includes('/') &&
    typeof message === 'string' &&
    typeof facts === 'object' &&
    facts !== null &&
    typeof retry === 'boolean'
  )
}
