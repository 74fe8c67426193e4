import type { DecodedShard } from '../decodeShard.ts'
import { DocumentTable } from '../DocumentTable.ts'
import { PackedArray } from '../PackedArray.ts'
import type { SearchedShard, Symbols } from '../SearchedShard.ts'
import { halvesOf, wordsOf } from '../wordsOf.ts'
import { sampleEvery } from './compressedSections.ts'
import { RankedBits } from './RankedBits.ts'
import { classBits, classCount, classOf } from './symbolClasses.ts'
import { WaveletMatrix } from './WaveletMatrix.ts'

/**
 * An FM-index of the reversed text: a search goes on by one symbol to the right with two ranks, whatever the size of the text.
 * A place is found by walking to the next one that is kept, at most 3 symbols away.
 */
export class CompressedShard implements SearchedShard {
  readonly documents: DocumentTable
  readonly suffixes: number
  lo = 0
  hi = 0
  readonly #rows: number
  readonly #primary: number
  readonly #isBytes: boolean
  readonly #classes: WaveletMatrix
  readonly #members: WaveletMatrix[]
  /** Of each class, where its symbols come to stand in the matrix of classes. */
  readonly #classStarts: number[]
  readonly #symbols: Uint16Array
  /** The frequency order of each symbol, or -1. */
  readonly #orders: Int32Array
  /** What a descent is corrected by to give a row, of each symbol by its order. */
  readonly #shifts: Float64Array
  readonly #marks: RankedBits
  readonly #samples: PackedArray
  readonly #entrances: PackedArray
  /** The rows of each length of the last search. */
  #los: number[] = []
  #his: number[] = []
  #length = 0

  constructor(shard: DecodedShard) {
    const { header, sections } = shard
    const { rows, primary, firstBits, sampleBits, entranceBits, suffixes } = header.layout
    const words = (name: string) => wordsOf(sections.get(name)!)
    this.documents = new DocumentTable(shard)
    this.suffixes = suffixes!
    this.#isBytes = header.alphabet === 'bytes'
    this.#rows = rows!
    this.#primary = primary!
    const bits = new RankedBits(words('bits'), words('bitCounts'))
    this.#classes = new WaveletMatrix(bits, { at: 0, length: rows! - 1, levels: classBits })
    let at = classBits * (rows! - 1)
    this.#members = Array.from({ length: classCount }, (_, k) => {
      const matrix = new WaveletMatrix(bits, { at, length: header.layout[`class${k}`]!, levels: k })
      at += k * header.layout[`class${k}`]!
      return matrix
    })
    this.#classStarts = Array.from({ length: classCount }, (_, k) => this.#classes.descend(k, 0))
    this.#symbols = halvesOf(sections.get('symbols')!)
    const firsts = new PackedArray(words('firsts'), firstBits!)
    this.#orders = new Int32Array(65_536).fill(-1)
    this.#shifts = new Float64Array(this.#symbols.length)
    for (const [order, symbol] of this.#symbols.entries()) {
      const k = classOf(order)
      this.#orders[symbol] = order
      this.#shifts[order] = firsts.at(order) - this.#members[k]!.descend(order + 1 - 2 ** k, 0)
    }
    this.#marks = new RankedBits(words('marks'), words('markCounts'))
    this.#samples = new PackedArray(words('samples'), sampleBits!)
    this.#entrances = new PackedArray(words('entrances'), entranceBits!)
  }

  longest(query: Symbols, from: number, end: number): number {
    let [lo, hi] = [0, this.#rows]
    let length = 0
    for (; from + length < end; length++) {
      const order = this.#orders[query[from + length]!]!
      if (order < 0) break
      lo = this.#step(order, lo)
      hi = this.#step(order, hi)
      if (lo >= hi) break
      this.#los[length] = lo
      this.#his[length] = hi
    }
    return length
  }

  range(_query: Symbols, from: number, end: number): number {
    this.#length = end - from
    this.lo = this.#los[this.#length - 1]!
    this.hi = this.#his[this.#length - 1]!
    return this.hi - this.lo
  }

  positions(_first: number, from: number, count: number): number[] {
    // A row stands for a place of the reversed text, at which the found part ends in ours.
    return Array.from({ length: count }, (_, i) => this.#rows - 1 - this.#locate(this.lo + from + i) - this.#length)
  }

  textOf(document: number): Symbols {
    const { documents } = this
    const length = documents.start(document + 1) - documents.start(document) - 1
    const text = this.#isBytes ? new Uint8Array(length) : new Uint16Array(length)
    let row = this.#entrances.at(document)
    for (let i = 0; i < length; i++) {
      const order = this.#orderAt(row)
      text[i] = this.#symbols[order]!
      row = this.#next
    }
    return text
  }

  /** How many rows before this one come to begin with the symbol, counted from its first row. */
  #step(order: number, row: number): number {
    const k = classOf(order)
    const before = row > this.#primary ? row - 1 : row
    const inClass = this.#classes.descend(k, before) - this.#classStarts[k]!
    return this.#shifts[order]! + this.#members[k]!.descend(order + 1 - 2 ** k, inClass)
  }

  /** The row that #orderAt leads to. */
  #next = 0

  /** The order of the symbol in front of a row; not for the row of the whole text. */
  #orderAt(row: number): number {
    this.#classes.walk(row > this.#primary ? row - 1 : row)
    const k = this.#classes.value
    const members = this.#members[k]!
    members.walk(this.#classes.place - this.#classStarts[k]!)
    const order = members.value + 2 ** k - 1
    this.#next = this.#shifts[order]! + members.place
    return order
  }

  #locate(from: number): number {
    let row = from
    let steps = 0
    for (; this.#marks.bit(row) === 0; steps++) {
      this.#orderAt(row)
      row = this.#next
    }
    return this.#samples.at(this.#marks.rank(row)) * sampleEvery + steps
  }
}
