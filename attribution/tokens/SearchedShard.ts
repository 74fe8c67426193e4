import type { Documents } from './DocumentTable.ts'

export type Symbols = Uint8Array | Uint16Array

/** One shard while it is searched. `lo` and `hi` are the ranks that the last search found. */
export type SearchedShard = {
  readonly documents: Documents
  readonly suffixes: number
  lo: number
  hi: number
  /** How many symbols of query[from, end) stand in the shard, from `from` on. */
  longest(query: Symbols, from: number, end: number): number
  /** After a `longest` from the same place that reached `end`: how often query[from, end) occurs, as hi - lo. */
  range(query: Symbols, from: number, end: number): number
  /** Where the suffixes of ranks lo + from, and `count` of them, begin. `first` is the first symbol of the query. */
  positions(first: number, from: number, count: number): number[]
  /** The symbols of a document. */
  textOf(document: number): Symbols
}
