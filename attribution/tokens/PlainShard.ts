import type { DecodedShard } from './decodeShard.ts'
import { DocumentTable } from './DocumentTable.ts'
import { PackedArray } from './PackedArray.ts'
import type { SearchedShard, Symbols } from './SearchedShard.ts'
import { halvesOf, wordsOf } from './wordsOf.ts'

/** Ranks from one signpost to the next: .025 bytes a suffix. */
const stride = 160

/** A suffix array with its text. A search compares about log2 of the suffixes with the same key. */
export class PlainShard implements SearchedShard {
  readonly documents: DocumentTable
  readonly suffixes: number
  lo = 0
  hi = 0
  readonly #text: Uint8Array | Uint16Array
  readonly #isBytes: boolean
  readonly #dropsBits: boolean
  readonly #entries: PackedArray
  readonly #keys: Uint16Array
  readonly #keyStarts: PackedArray
  /** Of every number up to the last key how many keys are less. */
  readonly #keyTable: Uint16Array
  readonly #pages: Uint32Array
  readonly #exceptions: Uint16Array
  readonly #choices: Uint8Array
  /** Of every 160th suffix the 32 bits of text behind its key: the first half of a search stays in the near cache. */
  readonly #signposts: Uint32Array
  /** How many symbols all suffixes from lo to hi share with the query. */
  #shared = 0
  /** A suffix that shares most with the query of the last search, and the bounds of its key. */
  #nearest = 0
  #bottom = 0
  #top = 0

  constructor(shard: DecodedShard) {
    const { header, sections } = shard
    this.documents = new DocumentTable(shard)
    this.suffixes = header.layout['suffixes']!
    this.#isBytes = header.alphabet === 'bytes'
    const text = sections.get('text')!
    this.#text = this.#isBytes ? text : halvesOf(text)
    this.#dropsBits = header.layout['droppedBits'] === 2
    this.#entries = new PackedArray(wordsOf(sections.get('suffixes')!), header.layout['suffixBits']!)
    this.#keys = halvesOf(sections.get('keys')!)
    this.#keyTable = new Uint16Array((this.#keys.at(-1) ?? -1) + 1)
    for (let key = 0, wanted = 0; wanted < this.#keyTable.length; wanted++) {
      while (key < this.#keys.length && this.#keys[key]! < wanted) key++
      this.#keyTable[wanted] = key
    }
    this.#keyStarts = new PackedArray(wordsOf(sections.get('keyStarts')!), header.layout['keyStartBits']!)
    this.#pages = wordsOf(sections.get('exceptionPages')!)
    this.#exceptions = halvesOf(sections.get('exceptions')!)
    this.#choices = sections.get('choices')!
    this.#signposts = this.#raiseSignposts()
  }

  longest(query: Symbols, from: number, end: number): number {
    const text = this.#text
    const first = query[from]!
    this.#narrow(query, from, end)
    let lo = this.lo
    let hi = this.hi
    this.#bottom = lo
    this.#top = hi
    if (lo === hi) return 0
    this.#nearest = lo
    const length = end - from
    let best = this.#shared
    let below = best
    let above = best
    if (best === length || (this.#isBytes && best === 1)) return best
    const behindKey = this.#isBytes ? 6 : 3
    if (hi - lo > 2 * stride && length >= behindKey) {
      const sign = this.#isBytes ? fourBytes(query, from + 2) : ((query[from + 1]! << 16) | query[from + 2]!) >>> 0
      // The last signpost before the query and the first one behind it stay inside: either may share most with it.
      let left = Math.ceil(lo / stride)
      let right = Math.ceil(hi / stride)
      const least = left
      while (left < right) {
        const middle = (left + right) >>> 1
        if (this.#signposts[middle]! < sign) left = middle + 1
        else right = middle
      }
      if (left > least) lo = (left - 1) * stride
      // Few signposts are like the query: the first behind it is near.
      const most = Math.ceil(hi / stride)
      right = left
      for (let step = 1; right < most && this.#signposts[right]! <= sign; step *= 2) {
        left = right + 1
        right = Math.min(most, right + step)
      }
      while (left < right) {
        const middle = (left + right) >>> 1
        if (this.#signposts[middle]! <= sign) left = middle + 1
        else right = middle
      }
      if (left < most) hi = left * stride + 1
    }
    while (lo < hi) {
      const middle = (lo + hi) >>> 1
      const at = this.position(middle, first)
      let same = below < above ? below : above
      while (same < length && text[at + same] === query[from + same]) same++
      if (same > best) {
        best = same
        this.#nearest = middle
        if (same === length) return best
      }
      if (text[at + same]! < query[from + same]!) {
        lo = middle + 1
        below = same
      } else {
        hi = middle
        above = same
      }
    }
    return best
  }

  range(query: Symbols, from: number, end: number): number {
    const near = this.#nearest
    if (this.#shared >= end - from) {
      // No longer than a key: all suffixes with it.
      this.#narrow(query, from, end)
      return this.hi - this.lo
    }
    let inside = near
    let outside = near
    for (let step = 1; ; step *= 2) {
      outside = near - step
      if (outside < this.#bottom || !this.#holds(outside, query, from, end)) break
      inside = outside
    }
    this.lo = this.#edge(Math.max(outside, this.#bottom - 1), inside, query, from, end)
    inside = near
    for (let step = 1; ; step *= 2) {
      outside = near + step
      if (outside >= this.#top || !this.#holds(outside, query, from, end)) break
      inside = outside
    }
    this.hi = this.#edge(Math.min(outside, this.#top), inside, query, from, end) + 1
    return this.hi - this.lo
  }

  position(rank: number, first: number): number {
    const entry = this.#entries.at(rank)
    if (!this.#dropsBits) return entry
    const text = this.#text
    const block = entry * 4
    const at = text[block] === first ? 0 : text[block + 1] === first ? 1 : text[block + 2] === first ? 2 : 3
    for (let other = at + 1; other < 4; other++) {
      if (text[block + other] === first) return block + this.#choice(rank, at)
    }
    return block + at
  }

  positions(first: number, from: number, count: number): number[] {
    const found: number[] = []
    for (let rank = this.lo + from, end = rank + count; rank < end; rank++) found.push(this.position(rank, first))
    return found
  }

  textOf(document: number): Uint8Array | Uint16Array {
    return this.#text.slice(this.documents.start(document), this.documents.start(document + 1) - 1)
  }

  get text(): Uint8Array | Uint16Array {
    return this.#text
  }

  #raiseSignposts(): Uint32Array {
    const signposts = new Uint32Array(Math.ceil(this.suffixes / stride))
    const text = this.#text
    for (let key = 0; key < this.#keys.length; key++) {
      const first = this.#isBytes ? this.#keys[key]! >>> 8 : this.#keys[key]!
      const end = this.#keyStarts.at(key + 1)
      for (let i = Math.ceil(this.#keyStarts.at(key) / stride); i * stride < end; i++) {
        const at = this.position(i * stride, first)
        signposts[i] = this.#isBytes ? fourBytes(text, at + 2) : ((text[at + 1]! << 16) | text[at + 2]!) >>> 0
      }
    }
    return signposts
  }

  /** The last rank towards `inside` that holds the query, where `outside` does not. */
  #edge(outside: number, inside: number, query: Symbols, from: number, end: number): number {
    while (Math.abs(inside - outside) > 1) {
      const middle = (inside + outside) >> 1
      if (this.#holds(middle, query, from, end)) inside = middle
      else outside = middle
    }
    return inside
  }

  #holds(rank: number, query: Symbols, from: number, end: number): boolean {
    const at = this.position(rank, query[from]!) - from
    for (let i = from + this.#shared; i < end; i++) if (this.#text[at + i] !== query[i]) return false
    return true
  }

  /** lo and hi: the suffixes with the query's key, or with its first byte where no key is the same. */
  #narrow(query: Symbols, from: number, end: number): void {
    if (!this.#isBytes) {
      const key = this.#keyAfter(query[from]!)
      this.#shared = 1
      this.lo = this.#keyStarts.at(key)
      this.hi = this.#keys[key] === query[from] ? this.#keyStarts.at(key + 1) : this.lo
      return
    }
    const high = query[from]! << 8
    if (end - from > 1) {
      const key = this.#keyAfter(high | query[from + 1]!)
      this.#shared = 2
      this.lo = this.#keyStarts.at(key)
      if (this.#keys[key] === (high | query[from + 1]!)) {
        this.hi = this.#keyStarts.at(key + 1)
        return
      }
    }
    this.#shared = 1
    this.lo = this.#keyStarts.at(this.#keyAfter(high))
    this.hi = this.#keyStarts.at(this.#keyAfter(high + 256))
  }

  /** The first key that is not less. */
  #keyAfter(wanted: number): number {
    return wanted < this.#keyTable.length ? this.#keyTable[wanted]! : this.#keys.length
  }

  #choice(rank: number, otherwise: number): number {
    const low = rank & 65_535
    let lo = this.#pages[rank >>> 16]!
    let hi = this.#pages[(rank >>> 16) + 1]!
    while (lo < hi) {
      const middle = (lo + hi) >>> 1
      if (this.#exceptions[middle]! < low) lo = middle + 1
      else hi = middle
    }
    return lo < this.#pages[(rank >>> 16) + 1]! && this.#exceptions[lo] === low ? this.#choices[lo]! : otherwise
  }
}

function fourBytes(text: Symbols, at: number): number {
  return ((text[at]! << 24) | (text[at + 1]! << 16) | (text[at + 2]! << 8) | text[at + 3]!) >>> 0
}
