import canonicalize from 'canonicalize'
import { TributaryError } from '../../../kernel/index.ts'

/**
 * The stored form of an effect's result: RFC 8785 text. Unlike what is hashed it may hold fractions (a loss, a
 * duration). Throws store/effect-result when the value has no JSON form at all.
 */
export function effectResultText(tool: string, result: unknown): string {
  try {
    const text = canonicalize(result)
    if (text !== undefined) return text
  } catch (cause) {
    throw unstorable(tool, cause instanceof Error ? cause.message.slice(0, 100) : 'no JSON form')
  }
  throw unstorable(tool, 'undefined')
}

function unstorable(tool: string, reason: string): TributaryError {
  return new TributaryError(`The result of ${tool} has no JSON form, so it cannot be stored.`, {
    code: 'store/effect-result',
    facts: { tool, reason },
    tryThis: 'return plain JSON: money as strings, null in place of undefined',
  })
}
