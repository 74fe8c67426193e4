import type { GrammarBuilder, Part, Rule } from './GrammarBuilder.ts'

export type JsonParts = {
  /** A string of so many characters. */
  string: (least?: number, most?: number) => Part
  integer: Part
  number: Part
  boolean: Part
  null: Part
  /** Any value at all. */
  any: Rule
}

const digit = [0x30, 0x39] as const
const hexDigits = [digit, [0x41, 0x46], [0x61, 0x66]] as const
const continuation = [0x80, 0xbf] as const

/**
 * JSON's own values on one line, `", "` and `": "` between parts. Narrower than JSON where more would only do harm: no
 * lone surrogates, and numbers of at most 15 digits before the point, 15 after it and an exponent of two, so that each is
 * finite, an integer is exact, and a model that repeats itself comes to an end.
 */
export function jsonParts(g: GrammarBuilder): JsonParts {
  const hex = g.oneOf(...hexDigits)
  const escape = g.sequence(
    g.text('\\'),
    g.choice(
      g.choice(...['"', '\\', '/', 'b', 'f', 'n', 'r', 't'].map((one) => g.text(one))),
      g.sequence(g.text('u'), g.oneOf(digit, [0x41, 0x43], [0x45, 0x46], [0x61, 0x63], [0x65, 0x66]), hex, hex, hex),
      g.sequence(g.text('u'), g.oneOf([0x44, 0x44], [0x64, 0x64]), g.oneOf([0x30, 0x37]), hex, hex),
    ),
  )
  const more = g.oneOf(continuation)
  const character = g.call(
    g.rule(() =>
      g.choice(
        g.oneOf([0x20, 0x21], [0x23, 0x5b], [0x5d, 0x7e]),
        escape,
        // UTF-8 of two, three and four bytes, without surrogates and what is longer than it need be.
        g.sequence(g.oneOf([0xc2, 0xdf]), more),
        g.sequence(g.oneOf([0xe0, 0xe0]), g.oneOf([0xa0, 0xbf]), more),
        g.sequence(g.oneOf([0xe1, 0xec], [0xee, 0xef]), more, more),
        g.sequence(g.oneOf([0xed, 0xed]), g.oneOf([0x80, 0x9f]), more),
        g.sequence(g.oneOf([0xf0, 0xf0]), g.oneOf([0x90, 0xbf]), more, more),
        g.sequence(g.oneOf([0xf1, 0xf3]), more, more, more),
        g.sequence(g.oneOf([0xf4, 0xf4]), g.oneOf([0x80, 0x8f]), more, more),
      ),
    ),
  )
  const quoted = (inner: Part): Part => g.sequence(g.text('"'), inner, g.text('"'))
  const digits = (least: number, most: number): Part => g.repeat(g.oneOf(digit), least, most)
  const positive = g.sequence(g.oneOf([0x31, 0x39]), digits(0, 14))
  const minus = g.optional(g.text('-'))
  const freeString = g.rule(() => quoted(g.repeat(character, 0)))
  const parts = {
    string: (least = 0, most?: number) =>
      least === 0 && most === undefined ? g.call(freeString) : quoted(g.repeat(character, least, most)),
    integer: g.choice(g.text('0'), g.sequence(minus, positive)),
    number: g.sequence(
      minus,
      g.choice(g.text('0'), positive),
      g.optional(g.sequence(g.text('.'), digits(1, 15))),
      g.optional(
        g.sequence(g.oneOf([0x45, 0x45], [0x65, 0x65]), g.optional(g.choice(g.text('+'), g.text('-'))), digits(1, 2)),
      ),
    ),
    boolean: g.choice(g.text('true'), g.text('false')),
    null: g.text('null'),
  }
  const any = g.rule((self) => {
    const value = g.call(self)
    const pair = g.sequence(parts.string(), g.text(': '), value)
    return g.choice(
      parts.string(),
      parts.number,
      parts.boolean,
      parts.null,
      g.sequence(g.text('['), listOf(g, value, 0), g.text(']')),
      g.sequence(g.text('{'), listOf(g, pair, 0), g.text('}')),
    )
  })
  return { ...parts, any }
}

/** Items with `", "` between them. */
export function listOf(g: GrammarBuilder, item: Part, least: number, most?: number): Part {
  if (most === 0) return (next) => next
  const next = g.sequence(g.text(', '), item)
  const some = g.sequence(item, g.repeat(next, Math.max(0, least - 1), most === undefined ? undefined : most - 1))
  return least > 0 ? some : g.optional(some)
}
