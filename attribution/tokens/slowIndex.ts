import { digestOf } from '../../kernel/index.ts'
import { contentOf } from './contentOf.ts'
import { refuseOutside } from './refuseOutside.ts'
import type { Alphabet, Place, Span, SpanOptions, TextDocument, TokenIndex } from './TokenIndex.ts'

/** The readable reference of an index: every place is tried. Cost: length² · symbols of all documents. */
export function slowIndex(documents: readonly TextDocument[], alphabet: Alphabet = 'tokens'): TokenIndex {
  const places = (query: readonly number[]): Place[] =>
    documents.flatMap(({ symbols, sample, payee, cluster }) =>
      Array.from({ length: Math.max(0, symbols.length - query.length + 1) }, (_, offset) => offset)
        .filter((offset) => query.length > 0 && query.every((symbol, i) => symbols[offset + i] === symbol))
        .map((offset) => ({ offset, sample, payee, cluster })),
    )
  const symbols = documents.reduce((sum, document) => sum + document.symbols.length, 0)
  const clustersIn = (found: Place[]) => [...new Set(found.map(({ cluster }) => cluster))]

  const spans = (text: ArrayLike<number>, options: SpanOptions = {}): Span[] => {
    const { minLength = 1, maxCount = Infinity, delimiters = [], maxPlaces = 10, maxLooked = maxPlaces } = options
    refuseOutside(text, alphabet)
    const query = Array.from(text)
    const occurs = (start: number, end: number): boolean => {
      const part = query.slice(start, end)
      return part.slice(0, -1).every((symbol) => !delimiters.includes(symbol)) && places(part).length > 0
    }
    const found: Span[] = []
    for (let start = 0; start < query.length; start++) {
      for (let end = start + Math.max(minLength, 1); end <= query.length; end++) {
        if (!occurs(start, end)) break
        if (end < query.length && occurs(start, end + 1)) continue
        if (start > 0 && occurs(start - 1, end)) continue
        const all = places(query.slice(start, end))
        if (all.length > maxCount) continue
        const clusters = all.length > maxLooked ? null : clustersIn(all).length
        found.push({ start, end, count: all.length, places: all.slice(0, maxPlaces), clusters })
      }
    }
    return found
  }

  const count = (query: ArrayLike<number>): number => {
    refuseOutside(query, alphabet)
    return query.length === 0 ? symbols : places(Array.from(query)).length
  }

  return {
    alphabet,
    tokenizer: digestOf(alphabet),
    root: digestOf(documents.map(({ sample }) => sample)),
    documents: documents.length,
    symbols,
    spans,
    count,
    clustersOf: (query, maxLooked) => (count(query) > maxLooked ? null : clustersIn(places(Array.from(query)))),
    factsOf: (wanted) => {
      const held = documents.find(({ sample }) => sample === wanted)
      return held && { sample: held.sample, payee: held.payee, cluster: held.cluster }
    },
    contents: () => documents.map(({ symbols: own, ...facts }) => ({ ...facts, content: contentOf(own, alphabet) })),
    close: () => undefined,
  }
}
