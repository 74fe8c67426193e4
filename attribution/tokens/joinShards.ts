import type { Digest } from '../../kernel/index.ts'
import { contentOf } from './contentOf.ts'
import { findSpans } from './findSpans.ts'
import { LivingSearch } from './LivingSearch.ts'
import type { PlainShard } from './PlainShard.ts'
import { refuseOutside } from './refuseOutside.ts'
import type { SearchedShard, Symbols } from './SearchedShard.ts'
import type { Alphabet, DocumentFacts, Place, Span, SpanOptions, TokenIndex } from './TokenIndex.ts'

type Parts = {
  alphabet: Alphabet
  tokenizer: Digest
  root: Digest
  shards: SearchedShard[]
  /** What was taken down and still stands in the shards, as a shard of its own. */
  dead: PlainShard | undefined
}

/** An index over shards that are in memory. Answers do not depend on how the documents are dealt to shards. */
export function joinShards({ alphabet, tokenizer, root, shards, dead }: Parts): TokenIndex {
  const search = new LivingSearch(shards, dead)
  const deadSamples = new Set(dead && eachDocument(dead).map((document) => dead.documents.sample(document)))
  // For each shard the documents that are dead, where there are any.
  const buried = shards.map(({ documents }) => {
    if (deadSamples.size === 0) return undefined
    const gone = Array.from({ length: documents.length }, (_, i) => i).filter((i) =>
      deadSamples.has(documents.sample(i)),
    )
    return gone.length === 0 ? undefined : new Set(gone)
  })
  let numbers: Map<Digest, DocumentFacts> | undefined

  /** The living places of the last search, at most `most` of them, shard by shard. */
  const walk = (first: number, most: number, onPlace: (facts: DocumentFacts, offset: number) => void): void => {
    let left = most
    for (const [i, shard] of shards.entries()) {
      const { documents } = shard
      const gone = buried[i]
      const held = shard.hi - shard.lo
      // As many at once as are still wanted: they are all alive, most of the time.
      for (let from = 0; from < held && left > 0;) {
        const positions = shard.positions(first, from, Math.min(held - from, left))
        for (const at of positions) {
          const document = documents.at(at)
          if (gone?.has(document)) continue
          onPlace(documents.facts(document), at - documents.start(document))
          left--
        }
        from += positions.length
      }
    }
  }

  const asQuery = (symbols: ArrayLike<number>): Symbols => {
    refuseOutside(symbols, alphabet)
    return alphabet === 'tokens' ? Uint16Array.from(symbols) : Uint8Array.from(symbols)
  }
  const living = (query: Symbols): number =>
    search.longest(query, 0, query.length) < query.length ? 0 : search.count(query, 0, query.length)
  const sum = (of: (shard: SearchedShard) => number): number =>
    shards.reduce((total, shard) => total + of(shard), 0) - (dead ? of(dead) : 0)
  const symbolsHeld = sum(({ documents }) => documents.symbols)

  return {
    alphabet,
    tokenizer,
    root,
    documents: sum(({ documents }) => documents.length),
    symbols: symbolsHeld,

    spans(symbols, options: SpanOptions = {}): Span[] {
      const { minLength = 1, maxCount = Infinity, delimiters = [], maxPlaces = 10, maxLooked = maxPlaces } = options
      const query = asQuery(symbols)
      const found: Span[] = []
      const bounds = { minLength: Math.max(1, minLength), maxCount, delimiters: new Set(delimiters) }
      findSpans(search, query, bounds, (start, end, count) => {
        const places: Place[] = []
        const looksAtAll = count <= maxLooked
        const clusters = looksAtAll && count > 1 ? new Set<Digest>() : undefined
        walk(query[start]!, looksAtAll ? count : maxPlaces, ({ sample, payee, cluster }, offset) => {
          if (places.length < maxPlaces) places.push({ sample, payee, cluster, offset })
          clusters?.add(cluster)
        })
        found.push({ start, end, count, places, clusters: looksAtAll ? (clusters?.size ?? 1) : null })
      })
      return found
    },

    count(symbols) {
      const query = asQuery(symbols)
      return query.length === 0 ? symbolsHeld : living(query)
    },

    clustersOf(symbols, maxLooked) {
      const query = asQuery(symbols)
      const count = query.length === 0 ? symbolsHeld : living(query)
      if (count > maxLooked) return null
      const clusters = new Set<Digest>()
      if (query.length > 0 && count > 0) walk(query[0]!, count, ({ cluster }) => clusters.add(cluster))
      return [...clusters]
    },

    factsOf(sample) {
      if (deadSamples.has(sample)) return undefined
      numbers ??= new Map(
        shards.flatMap((shard) =>
          eachDocument(shard).map((i) => [shard.documents.sample(i), shard.documents.facts(i)]),
        ),
      )
      return numbers.get(sample)
    },

    contents() {
      return shards.flatMap((shard) =>
        eachDocument(shard)
          .filter((i) => !deadSamples.has(shard.documents.sample(i)))
          .map((i) => ({ ...shard.documents.facts(i), content: contentOf(shard.textOf(i), alphabet) })),
      )
    },

    close() {
      // Nothing is held but memory, which goes with the last reference to it.
      numbers = undefined
    },
  }
}

function eachDocument({ documents }: SearchedShard): number[] {
  return Array.from({ length: documents.length }, (_, i) => i)
}
