import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalBytes, canonicalText } from './canonicalBytes.ts'

const refused = (path: string): unknown =>
  expect.objectContaining({ code: 'kernel/not-canonical', facts: expect.objectContaining({ path }) })

test('the 7 keys of RFC 8785 §3.2.3 are sorted by UTF-16 code units', () => {
  const sent = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\u{1f600}': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  }
  expect(canonicalText(sent)).toBe(
    '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis",' +
      '"\u20ac":"Euro Sign","\u{1f600}":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
  )
})

test('strings and literals of RFC 8785 §3.2.4 come out as the RFC gives them, to the byte', () => {
  const sent = { string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/', literals: [null, true, false] }
  const hex =
    '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d'
  expect(Buffer.from(canonicalBytes(sent)).toString('hex')).toBe(hex)
})

test('the largest safe integers are written plainly, as RFC 8785 appendix B does, with no exponent', () => {
  expect(canonicalText([0, -1, 9007199254740991, -9007199254740991])).toBe('[0,-1,9007199254740991,-9007199254740991]')
})

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger().map((n) => n + 0),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value')),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.string({ unit: 'binary' }).filter((key) => key !== '__proto__'),
    tie('value'),
  ),
}))

test('text reads back as the same value, and its canonical form is itself (1,000 values)', () => {
  fc.assert(
    fc.property(json.value, (value) => {
      const text = canonicalText(value)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(canonicalText(JSON.parse(text))).toBe(text)
      expect(new TextDecoder().decode(canonicalBytes(value))).toBe(text)
    }),
    { numRuns: 1000 },
  )
})

test('the order of keys never matters (1,000 objects)', () => {
  fc.assert(
    fc.property(json.object, (object) => {
      const turned = Object.fromEntries(Object.entries(object).toReversed())
      expect(canonicalText(turned)).toBe(canonicalText(object))
    }),
    { numRuns: 1000 },
  )
})

test.each([0.5, -0, Number.NaN, Infinity, 2 ** 53, 1e21])('the number %d is refused with its path', (number) => {
  expect(() => canonicalBytes({ a: [1, { b: number }] })).toThrow(refused('$.a[1].b'))
})

test('undefined, a bigint, a date, a map, a class instance, a function, a hole and a symbol are refused, not guessed at', () => {
  class Point {
    x = 1
  }
  const values = [undefined, 1n, new Date(0), new Map(), new Point(), () => 1, Symbol('s')]
  for (const value of values) expect(() => canonicalBytes({ value })).toThrow(refused('$.value'))
  expect(() => canonicalBytes(Array.from({ length: 2 }).with(0, 1))).toThrow(refused('$[1]'))
  expect(() => canonicalBytes(Object.assign([], { length: 1 }))).toThrow(refused('$[0]'))
  expect(() => canonicalBytes({ toJSON: () => 1 })).toThrow(refused('$.toJSON'))
})

test('lone surrogates in text and keys are refused, a pair is kept', () => {
  expect(() => canonicalBytes(['\ud83d'])).toThrow(refused('$[0]'))
  expect(() => canonicalBytes({ a: { '\ude00': 1 } })).toThrow(refused('$.a'))
  expect(canonicalText('\ud83d\ude00')).toBe('"\u{1f600}"')
})

test('64 levels of nesting pass, 65 and a value that holds itself are refused', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])
  expect(canonicalText(nested(64))).toBe('['.repeat(64) + '1' + ']'.repeat(64))
  const code = expect.objectContaining({ code: 'kernel/not-canonical' })
  expect(() => canonicalBytes(nested(65))).toThrow(code)
  const loop: { self?: unknown } = {}
  loop.self = loop
  expect(() => canonicalBytes(loop)).toThrow(code)
})

test('a plain object of another prototype, or of none, has the same bytes', () => {
  const bare = Object.assign(Object.create(null) as Record<string, number>, { b: 2, a: 1 })
  expect(canonicalText(bare)).toBe('{"a":1,"b":2}')
})
