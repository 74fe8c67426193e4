import { bigint, customType, text } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import { canonicalText, TributaryError, type Address, type Digest, type PayeeId } from '../../kernel/index.ts'

export const digest = (name: string) => text(name).$type<Digest>()
export const address = (name: string) => text(name).$type<Address>()
export const payee = (name: string) => text(name).$type<PayeeId>()

/** Milliseconds since 1970. */
export const millis = (name: string) => bigint(name, { mode: 'number' })

/** An exact integer beyond int4, such as micro-nats. */
export const integer53 = (name: string) => bigint(name, { mode: 'number' })

/** Money: numeric(78,0) holds every uint256; a bigint in memory, never a number. */
export const wei = customType<{ data: bigint; driverData: string }>({
  dataType: () => 'numeric(78,0)',
  toDriver: (value) => value.toString(),
  fromDriver: (value) => BigInt(value),
})

/**
 * Any JavaScript string, to the code unit. Postgres text refuses U+0000 and lone surrogates, and a paid answer
 * must not be lost because a model emitted one: so the JSON string literal is what is stored.
 */
export const exactText = (name: string) =>
  customType<{ data: string; driverData: string }>({
    dataType: () => 'text',
    toDriver: (value) => JSON.stringify(value),
    fromDriver: (stored) => {
      const value = parseStored(name, stored)
      if (typeof value !== 'string') throw damaged(name)
      return value
    },
  })(name)

/** A value in canonical JSON, checked by its schema both when written and when read. */
export const canonicalJson = <T>(name: string, schema: z.ZodType<T>) =>
  customType<{ data: T; driverData: string }>({
    dataType: () => 'text',
    toDriver: (value) => canonicalText(schema.parse(value)),
    fromDriver: (stored) => {
      const parsed = schema.safeParse(parseStored(name, stored))
      if (!parsed.success) throw damaged(name)
      return parsed.data
    },
  })(name)

function parseStored(column: string, stored: string): unknown {
  try {
    return JSON.parse(stored)
  } catch {
    // The parser's message quotes the text, which may be a prompt: it is left out.
    throw damaged(column)
  }
}

function damaged(column: string): TributaryError {
  return new TributaryError(`A stored value of column ${column} is damaged.`, {
    code: 'store/damaged',
    facts: { column },
    tryThis: 'run tributary audit on the receipt concerned, then restore the database from a backup',
  })
}
