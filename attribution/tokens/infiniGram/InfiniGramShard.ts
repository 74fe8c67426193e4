import type { SearchedShard, Symbols } from '../SearchedShard.ts'
import type { Documents } from '../DocumentTable.ts'

export type InfiniGramFiles = {
  /** tokenized.N: each document behind a separator of all ones. */
  tokenized: Uint8Array
  /** table.N: where each suffix begins, in bytes, as numbers of as many bytes as all of them need. */
  table: Uint8Array
}

/**
 * A shard of infini-gram's index (version 4), searched where it lies. Its suffixes are in the order of their bytes, which for
 * tokens of two bytes is not the order of their ids. Made to compare, not to be fast: a search compares log2 of all suffixes.
 */
export class InfiniGramShard implements SearchedShard {
  readonly documents: Documents
  readonly suffixes: number
  lo = 0
  hi = 0
  readonly #text: Uint8Array
  readonly #table: Uint8Array
  readonly #width: number
  readonly #pointerBytes: number

  constructor({ tokenized, table }: InfiniGramFiles, width: 1 | 2, documents: Documents) {
    this.documents = documents
    this.#text = tokenized
    this.#table = table
    this.#width = width
    this.suffixes = tokenized.length / width
    this.#pointerBytes = this.suffixes === 0 ? 1 : table.length / this.suffixes
  }

  longest(query: Symbols, from: number, end: number): number {
    const wanted = bytesOf(query, from, end)
    const rank = this.#lower(wanted, false)
    let best = 0
    for (const near of [rank - 1, rank]) {
      if (near >= 0 && near < this.suffixes) best = Math.max(best, this.#shared(near, wanted))
    }
    return Math.floor(best / this.#width)
  }

  range(query: Symbols, from: number, end: number): number {
    const wanted = bytesOf(query, from, end)
    this.lo = this.#lower(wanted, false)
    this.hi = this.#lower(wanted, true)
    return this.hi - this.lo
  }

  positions(_first: number, from: number, count: number): number[] {
    return Array.from({ length: count }, (_, i) => this.#pointer(this.lo + from + i) / this.#width)
  }

  textOf(document: number): Symbols {
    const start = this.documents.start(document) * this.#width
    // The separator in front of the next document is not of this one.
    const next = document + 1 < this.documents.length ? this.documents.start(document + 1) - 1 : this.suffixes
    const bytes = this.#text.slice(start, next * this.#width)
    return this.#width === 1 ? bytes : new Uint16Array(bytes.buffer)
  }

  /** The first rank whose suffix is not less than the bytes; where `past`, the first that is greater and does not begin with them. */
  #lower(wanted: Uint8Array, past: boolean): number {
    let [lo, hi] = [0, this.suffixes]
    while (lo < hi) {
      const middle = (lo + hi) >>> 1
      const same = this.#shared(middle, wanted)
      const at = this.#pointer(middle) + same
      const isBefore = same === wanted.length ? past : at >= this.#text.length || this.#text[at]! < wanted[same]!
      if (isBefore) lo = middle + 1
      else hi = middle
    }
    return lo
  }

  #shared(rank: number, wanted: Uint8Array): number {
    const at = this.#pointer(rank)
    let same = 0
    while (same < wanted.length && this.#text[at + same] === wanted[same]) same++
    return same
  }

  #pointer(rank: number): number {
    let pointer = 0
    for (let i = this.#pointerBytes - 1; i >= 0; i--)
      pointer = pointer * 256 + this.#table[rank * this.#pointerBytes + i]!
    return pointer
  }
}

/** Little endian, as the machine has it and infini-gram asks for. */
function bytesOf(query: Symbols, from: number, end: number): Uint8Array {
  const part = query.subarray(from, end)
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
}
