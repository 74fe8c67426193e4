import { digestOf, TributaryError } from '../../../kernel/index.ts'
import type { Span, TokenIndex } from '../TokenIndex.ts'

/**
 * Several indexes over the same symbols, asked as one. A span that is maximal in all together is maximal in each that holds it,
 * since neither of its extensions stands anywhere: so the spans of all, less those that lie inside another, are the spans of one
 * index over all documents, and counts and clusters add up. Clusters must be of one index each.
 *
 * Cost: that of each, and a sort of their spans. Throws attribution/no-index, attribution/other-tokenizer.
 */
export function joinedIndex(indexes: readonly TokenIndex[]): TokenIndex {
  const [first] = indexes
  if (first === undefined) {
    throw new TributaryError('There is no index to ask.', {
      code: 'attribution/no-index',
      facts: {},
      tryThis: 'index a Datanet first: tributary tools index-datanet --datanet NAME',
    })
  }
  const other = indexes.find(({ tokenizer }) => tokenizer !== first.tokenizer)
  if (other) {
    throw new TributaryError('These indexes are over symbols of different tokenizers.', {
      code: 'attribution/other-tokenizer',
      facts: { tokenizer: first.tokenizer, other: other.tokenizer },
      tryThis: 'ask them one by one, or ask the indexes over bytes',
    })
  }
  if (indexes.length === 1) return first
  const total = (of: 'documents' | 'symbols') => indexes.reduce((sum, index) => sum + index[of], 0)
  return {
    alphabet: first.alphabet,
    tokenizer: first.tokenizer,
    root: digestOf(indexes.map(({ root }) => root)),
    documents: total('documents'),
    symbols: total('symbols'),
    spans: (symbols, options = {}) =>
      joinSpans(
        indexes.flatMap((index) => index.spans(symbols, options)),
        options.maxPlaces ?? 10,
      ),
    count: (symbols) => indexes.reduce((sum, index) => sum + index.count(symbols), 0),
    clustersOf: (symbols, maxLooked) => {
      const found = indexes.map((index) => index.clustersOf(symbols, maxLooked))
      return found.includes(null) ? null : found.flatMap((clusters) => clusters ?? [])
    },
    factsOf: (sample) => indexes.map((index) => index.factsOf(sample)).find((facts) => facts !== undefined),
    close: () => {
      for (const index of indexes) index.close()
    },
  }
}

function joinSpans(spans: readonly Span[], maxPlaces: number): Span[] {
  // The longer of those that begin together comes first, so that whatever ends no later than what is kept lies inside it.
  const order = spans.toSorted((a, b) => a.start - b.start || b.end - a.end)
  const joined: Span[] = []
  for (const span of order) {
    const last = joined.at(-1)
    if (last === undefined || span.end > last.end) {
      joined.push({ ...span, places: span.places.slice(0, maxPlaces) })
    } else if (span.start === last.start && span.end === last.end) {
      last.count += span.count
      last.clusters = last.clusters === null || span.clusters === null ? null : last.clusters + span.clusters
      last.places = [...last.places, ...span.places].slice(0, maxPlaces)
    }
  }
  return joined
}
