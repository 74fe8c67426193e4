import { digestOf, TributaryError, type Digest } from '../../../kernel/index.ts'
import type { Place, Span, SpanOptions, TokenIndex } from '../TokenIndex.ts'
import { sharedClusters, type SharedClusters } from './sharedClusters.ts'

/** Where a span stands, in which of the indexes, and how that one calls the cluster. */
export type JoinedPlace = Place & { part: number; own: Digest }
type JoinedSpan = Omit<Span, 'places'> & { places: JoinedPlace[] }

export type JoinedIndex = Omit<TokenIndex, 'spans'> & {
  /** Distinct clusters of all. */
  readonly clusters: number
  spans(symbols: ArrayLike<number>, options?: SpanOptions): JoinedSpan[]
  /** How often it stands in the indexes that are no copies of others: `count` counts what two hold twice. */
  occurrences(symbols: ArrayLike<number>): number
}

/**
 * Several indexes over the same symbols, asked as one. A span that is maximal in all together is maximal in each that holds it,
 * since neither of its extensions stands anywhere: so the spans of all, less those that lie inside another, are the spans of one
 * index over all documents. Counts add up; clusters that hold the same text are one (sharedClusters), so that a text which two
 * Datanets hold is as rare as if one did. The bounds of places looked at hold for each index.
 *
 * Cost: that of each, and a sort of their spans. Throws attribution/no-index, attribution/other-tokenizer.
 */
export function joinedIndex(indexes: readonly TokenIndex[]): JoinedIndex {
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
  const shared = sharedClusters(indexes)
  const total = (of: 'documents' | 'symbols') => indexes.reduce((sum, index) => sum + index[of], 0)
  const clustersOf = (symbols: ArrayLike<number>, maxLooked: number): Digest[] | null => {
    const found = new Set<Digest>()
    for (const [part, index] of indexes.entries()) {
      const own = index.clustersOf(symbols, maxLooked)
      if (own === null) return null
      for (const cluster of own) found.add(shared.of(part, cluster))
    }
    return found.size > maxLooked ? null : [...found]
  }
  return {
    alphabet: first.alphabet,
    tokenizer: first.tokenizer,
    root: indexes.length === 1 ? first.root : digestOf(indexes.map(({ root }) => root)),
    documents: total('documents'),
    symbols: total('symbols'),
    clusters: shared.count,
    spans: (symbols, options = {}) => {
      const { maxPlaces = 10, maxLooked = maxPlaces } = options
      const all = indexes.flatMap((index, part) =>
        index
          .spans(symbols, options)
          .map((span): JoinedSpan => ({ ...span, places: named(span.places, part, shared) })),
      )
      const joined = joinSpans(all, maxPlaces)
      const text = Array.from(symbols)
      return joined.map((span) =>
        span.clusters === null
          ? span
          : { ...span, clusters: clustersOf(text.slice(span.start, span.end), maxLooked)?.length ?? null },
      )
    },
    count: (symbols) => indexes.reduce((sum, index) => sum + index.count(symbols), 0),
    occurrences: (symbols) =>
      indexes.reduce((sum, index, part) => sum + (shared.copies.has(part) ? 0 : index.count(symbols)), 0),
    clustersOf,
    factsOf: (sample) => indexes.map((index) => index.factsOf(sample)).find((facts) => facts !== undefined),
    contents: () => indexes.flatMap((index) => index.contents()),
    close: () => {
      for (const index of indexes) index.close()
    },
  }
}

function named(places: readonly Place[], part: number, shared: SharedClusters): JoinedPlace[] {
  return places.map((place) => ({ ...place, part, own: place.cluster, cluster: shared.of(part, place.cluster) }))
}

function joinSpans(spans: readonly JoinedSpan[], maxPlaces: number): JoinedSpan[] {
  // The longer of those that begin together comes first, so that whatever ends no later than what is kept lies inside it.
  const order = spans.toSorted((a, b) => a.start - b.start || b.end - a.end)
  const joined: JoinedSpan[] = []
  for (const span of order) {
    const last = joined.at(-1)
    if (last === undefined || span.end > last.end) {
      joined.push({ ...span, places: span.places.slice(0, maxPlaces) })
    } else if (span.start === last.start && span.end === last.end) {
      last.count += span.count
      last.clusters = last.clusters === null || span.clusters === null ? null : last.clusters + span.clusters
      last.places = chosen([...last.places, ...span.places], maxPlaces)
    }
  }
  return joined
}

/** As many places as are told, one of each cluster first, then one of each index that holds it. */
function chosen(places: readonly JoinedPlace[], maxPlaces: number): JoinedPlace[] {
  if (places.length <= maxPlaces) return [...places]
  const seen = new Set<string>()
  const ranked = places.map((place, at) => {
    const [cluster, holder] = [place.cluster, `${place.cluster} ${place.part}`]
    const rank = seen.has(cluster) ? (seen.has(holder) ? 2 : 1) : 0
    seen.add(cluster).add(holder)
    return { place, rank, at }
  })
  return ranked
    .toSorted((a, b) => a.rank - b.rank || a.at - b.at)
    .slice(0, maxPlaces)
    .map(({ place }) => place)
}
