import canonicalize from 'canonicalize'
import { TributaryError } from './TributaryError.ts'

/**
 * The one byte form of all that is hashed, signed or replayed: RFC 8785 canonical JSON as UTF-8.
 *
 * Numbers must be safe integers: floats are quantised, money and hashes are strings. `undefined`, bigint, dates,
 * class instances and lone surrogates are refused rather than guessed at.
 * Cost: linear in the size of the value. Throws kernel/not-canonical with the path of what does not fit.
 */
export function canonicalBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalText(value))
}

/** The same bytes as a string. */
export function canonicalText(value: unknown): string {
  check(value, '$', 0)
  return canonicalize(value) as string
}

function check(value: unknown, path: string, depth: number): void {
  if (depth > 64) refuse(path, 'nesting deeper than 64')
  if (value === null || typeof value === 'boolean') return
  if (typeof value === 'string') {
    if (!value.isWellFormed()) refuse(path, 'a lone surrogate')
    return
  }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) refuse(path, `the number ${value}`)
    return
  }
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) check(item, `${path}[${i}]`, depth + 1)
    return
  }
  if (typeof value === 'object' && isPlain(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (!key.isWellFormed()) refuse(path, 'a key with a lone surrogate')
      check(item, `${path}.${key}`, depth + 1)
    }
    return
  }
  refuse(path, typeof value)
}

// A prototype whose own prototype is null: true of a plain object of any realm, such as a workflow's sandbox.
function isPlain(value: object): boolean {
  const proto: unknown = Object.getPrototypeOf(value)
  return proto === null || Object.getPrototypeOf(proto) === null
}

function refuse(path: string, found: string): never {
  throw new TributaryError(`${path} holds ${found}, which has no canonical form.`, {
    code: 'kernel/not-canonical',
    facts: { path, found },
    tryThis: 'quantise floats to integers; write money, hashes and large integers as strings; leave out undefined',
  })
}
