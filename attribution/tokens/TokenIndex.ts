import type { Digest, PayeeId } from '../../kernel/index.ts'

/** What the index is over: token ids of the Datanet's tokenizer, 0 to 65,534, or UTF-8 bytes, 0 to 254. */
export type Alphabet = 'tokens' | 'bytes'

/** One sample as the index takes it in: prompt and answer as the Datanet's text. */
export type TextDocument = {
  symbols: ArrayLike<number>
  sample: Digest
  payee: PayeeId
  /** The first sample, by commitment order, of those that say the same: itself, where nobody said it before. */
  cluster: Digest
}

/** Who holds a document. */
export type DocumentFacts = { sample: Digest; payee: PayeeId; cluster: Digest }

/** A document, and the digest of its symbols (contentOf). */
export type DocumentContent = DocumentFacts & { content: Digest }

/** Where a span stands: `offset` symbols into the sample. */
export type Place = DocumentFacts & { offset: number }

/** Symbols `start` to `end` (without it) of what was asked about, as they stand verbatim in `count` places. */
export type Span = {
  start: number
  end: number
  count: number
  /** At most `maxPlaces` of them. */
  places: Place[]
  /** Distinct clusters that hold it, or null where there are more places than `maxLooked`. */
  clusters: number | null
}

export type SpanOptions = {
  /** Shorter ones are left out; 1. */
  minLength?: number
  /** More frequent ones are left out; no bound. */
  maxCount?: number
  /** A span ends with the first of these symbols. */
  delimiters?: readonly number[]
  /** Places told of each span; 10. */
  maxPlaces?: number
  /** Places looked at to count clusters; as many as are told. */
  maxLooked?: number
}

/**
 * Which parts of a text stand verbatim in samples. A span [l, r) is maximal: it occurs, and neither [l-1, r) nor [l, r+1)
 * does, or crosses a delimiter. No span crosses a document. This is provenance: it does not say what a model learned from.
 */
export type TokenIndex = {
  readonly alphabet: Alphabet
  /** Digest of the tokenizer whose ids it holds; of the alphabet's name for bytes. */
  readonly tokenizer: Digest
  readonly root: Digest
  /** Documents and their symbols, without what was taken down. */
  readonly documents: number
  readonly symbols: number
  /** All maximal spans, from left to right. Throws attribution/symbol-out-of-range. */
  spans(symbols: ArrayLike<number>, options?: SpanOptions): Span[]
  /** How often it occurs. Nothing occurs as often as there are symbols. */
  count(symbols: ArrayLike<number>): number
  /** The distinct clusters that hold it, or null where there are more places than `maxLooked`. */
  clustersOf(symbols: ArrayLike<number>, maxLooked: number): Digest[] | null
  /** Who holds a sample, or undefined where the index does not hold it (any more). */
  factsOf(sample: Digest): DocumentFacts | undefined
  /** All documents that it holds. Cost: one pass over the text, each time. */
  contents(): DocumentContent[]
  close(): void
}
