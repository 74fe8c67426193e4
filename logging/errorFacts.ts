import { findError } from '../kernel/index.ts'

/**
 * What a log says of an error. A coded one: code, message, facts, next step, retry. Any other: its class, its
 * system code and where it was thrown; not its message, which may quote an input (drizzle's lists a query's
 * parameters, a parser's the text).
 */
export function errorFacts(failure: unknown): Record<string, unknown> {
  const coded = findError(failure)
  if (coded) return coded.toJSON()
  if (!(failure instanceof Error)) return { type: typeof failure }
  const code = 'code' in failure && typeof failure.code === 'string' ? { code: failure.code } : {}
  const frames = failure.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  const cause = failure.cause === undefined ? {} : { cause: errorFacts(failure.cause) }
  return { type: failure.name, ...code, at: frames.slice(0, 6).map((line) => line.trim()), ...cause }
}
