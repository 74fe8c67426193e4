import fc from 'fast-check'
import { expect, test } from 'vitest'
import { slowIndex } from './slowIndex.ts'
import { documentsOf, indexOf } from './testing/indexOf.ts'
import type { Span, SpanOptions, TokenIndex } from './TokenIndex.ts'

/** Places have no order between shards. */
const sorted = (spans: Span[]) =>
  spans.map((span) => ({
    ...span,
    places: span.places.map(({ sample, payee, cluster, offset }) => [sample, payee, cluster, offset].join()).toSorted(),
  }))

/** Spans, counts and clusters agree with the reference for a query and all its parts of up to 4 symbols. */
function agree(index: TokenIndex, reference: TokenIndex, query: number[], options: SpanOptions = {}): void {
  const all = { ...options, maxPlaces: 1_000 }
  expect(sorted(index.spans(query, all))).toEqual(sorted(reference.spans(query, all)))
  const few = { ...options, maxPlaces: 2, maxLooked: 5 }
  const told = ({ places, ...span }: Span) => ({ ...span, told: places.length })
  expect(index.spans(query, few).map(told)).toEqual(reference.spans(query, few).map(told))
  for (let start = 0; start < query.length; start += 3) {
    const part = query.slice(start, start + 4)
    expect(index.count(part)).toBe(reference.count(part))
    expect(index.clustersOf(part, 20)?.toSorted()).toEqual(reference.clustersOf(part, 20)?.toSorted())
  }
}

const textsOver = (sigma: number) =>
  fc.array(fc.array(fc.nat(sigma - 1), { maxLength: 30 }), { minLength: 1, maxLength: 7 })
const cases = fc.integer({ min: 1, max: 5 }).chain((sigma) =>
  fc.record({
    texts: textsOver(sigma),
    query: fc.array(fc.nat(sigma), { maxLength: 40 }),
    shards: fc.integer({ min: 1, max: 9 }),
    minLength: fc.integer({ min: 0, max: 4 }),
    delimiters: fc.constantFrom([], [0], [1, 2]),
  }),
)

for (const [alphabet, variant] of [
  ['tokens', 'plain'],
  ['bytes', 'plain'],
  ['tokens', 'compressed'],
  ['bytes', 'compressed'],
] as const) {
  test(`${alphabet}, ${variant}: spans, counts, places and clusters are those of the reference in 100 random cases, in 1 to 9 shards`, () => {
    fc.assert(
      fc.property(cases, ({ texts, query, shards, minLength, delimiters }) => {
        const documents = documentsOf(texts)
        const index = indexOf(documents, { alphabet, variant, shards })
        agree(index, slowIndex(documents, alphabet), query, { minLength, delimiters })
      }),
      { numRuns: 100, seed: 11 },
    )
  })

  test(`${alphabet}, ${variant}: what is taken down is in no answer, in 100 random cases`, () => {
    fc.assert(
      fc.property(cases, fc.nat(7), ({ texts, query, shards }, take) => {
        const documents = documentsOf(texts)
        const dead = documents.slice(0, Math.min(take, documents.length))
        const index = indexOf(documents, { alphabet, variant, shards, dead })
        agree(index, slowIndex(documents.slice(dead.length), alphabet), query)
        for (const { sample } of dead) expect(index.factsOf(sample)).toBeUndefined()
      }),
      { numRuns: 100, seed: 12 },
    )
  })
}

test('a verbatim answer of 300 symbols out of two documents is two spans, at the ends of both', () => {
  const texts = [Array.from({ length: 200 }, (_, i) => i), Array.from({ length: 200 }, (_, i) => 1_000 + i)]
  const index = indexOf(documentsOf(texts))
  const spans = index.spans([...texts[0]!.slice(50), ...texts[1]!.slice(0, 150)])
  expect(spans.map(({ start, end, count, places }) => [start, end, count, places[0]!.offset])).toEqual([
    [0, 150, 1, 50],
    [150, 300, 1, 0],
  ])
})

test('UTF-8 text is found by its bytes, and no match crosses the border of two documents', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const index = indexOf(documentsOf([bytes('für Œuvres 🌍 weit'), bytes('weiter 🌍')]), { alphabet: 'bytes' })
  const cut = (text: string) =>
    index.spans(bytes(text), { minLength: 5 }).map(({ start, end, count }) => {
      return [new TextDecoder().decode(bytes(text).slice(start, end)), count]
    })
  expect(cut('Œuvres 🌍 und weiter 🌍')).toEqual([
    ['Œuvres 🌍 ', 1],
    [' weit', 1],
    ['weiter 🌍', 1],
  ])
  expect(index.count(bytes('weitweiter'))).toBe(0)
  expect(index.count(bytes('weit'))).toBe(2)
})

test('nothing asked gives no span, and an index of no symbols answers', () => {
  const index = indexOf(documentsOf([[]]))
  expect([index.spans([]), index.spans([1, 2]), index.count([1]), index.count([])]).toEqual([[], [], 0, 0])
})
