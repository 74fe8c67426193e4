import { bitsFor, pack } from '../PackedArray.ts'
import type { Layout, Section } from '../shardHeader.ts'
import type { ShardText } from '../ShardInput.ts'
import type { TellProgress } from '../ShardProgress.ts'
import { suffixArray } from '../suffixArray.ts'
import type { Team } from '../Team.ts'
import { countOnes, wordsFor } from './RankedBits.ts'
import { classBits, classCount, classOf } from './symbolClasses.ts'

/** Every 4th place of the text is kept; the others are reached from it. */
export const sampleEvery = 4

/**
 * The sections of a compressed shard: the Burrows-Wheeler transform of the reversed text as a wavelet matrix of classes of
 * symbols (by frequency), and one of each class, so that a symbol takes 4 bits and log2 of how many are more frequent; the
 * order of every 4th suffix; and the row at which each document is entered. The text itself is read from the transform.
 * Source: Ferragina and Manzini, Opportunistic data structures (2000); Barbay et al., Alphabet partitioning (2014).
 */
export function compressedSections(
  { text, starts }: ShardText,
  tell: TellProgress = () => undefined,
  team?: Team,
): { sections: Section[]; layout: Layout } {
  const n = text.length
  const reversed = text.toReversed()
  const sa = suffixArray(reversed, tell, team)
  tell({ phase: 'pack', done: 0, of: n })
  const { symbols, orders, firsts } = byFrequency(text)

  // Row 0 is the empty suffix. The row of the whole text has no symbol in front and is left out.
  const transform = new Uint16Array(n)
  const marks = wordsFor(n + 1)
  const samples: number[] = []
  const rows = new Uint32Array(n + 1)
  let primary = 0
  for (let row = 0, at = 0; row <= n; row++) {
    const place = row === 0 ? n : sa[row - 1]!
    rows[place] = row
    if (place % sampleEvery === 0) {
      marks[row >>> 5]! |= 1 << (row & 31)
      samples.push(place / sampleEvery)
    }
    if (place === 0) primary = row
    else transform[at++] = orders[reversed[place - 1]!]!
  }
  const { words, sizes } = wavelet(transform)
  const layout: Layout = {
    rows: n + 1,
    primary,
    firstBits: bitsFor(n + 1),
    sampleBits: bitsFor(Math.floor(n / sampleEvery)),
    entranceBits: bitsFor(n),
    suffixes: n - starts.length,
    ...Object.fromEntries([...sizes].map((size, k) => [`class${k}`, size])),
  }
  const bytesOf = (array: Uint32Array | Uint16Array) => new Uint8Array(array.buffer)
  const entrances = Array.from(starts, (start) => rows[n - start]!)
  const sections = [
    { name: 'bits', bytes: bytesOf(words) },
    { name: 'bitCounts', bytes: bytesOf(countOnes(words)) },
    { name: 'symbols', bytes: bytesOf(Uint16Array.from(symbols)) },
    { name: 'firsts', bytes: bytesOf(pack(firsts, layout['firstBits']!)) },
    { name: 'marks', bytes: bytesOf(marks) },
    { name: 'markCounts', bytes: bytesOf(countOnes(marks)) },
    { name: 'samples', bytes: bytesOf(pack(samples, layout['sampleBits']!)) },
    { name: 'entrances', bytes: bytesOf(pack(entrances, layout['entranceBits']!)) },
  ]
  return { sections, layout }
}

/** Symbols from the most frequent on, the order of each, and the first row of those that begin with it. */
function byFrequency(text: Uint8Array | Uint16Array): { symbols: number[]; orders: Uint16Array; firsts: number[] } {
  const sizes = new Uint32Array(65_536)
  for (let i = 0; i < text.length; i++) sizes[text[i]!]!++
  const present = [...sizes.keys()].filter((symbol) => sizes[symbol]! > 0)
  const firstOf = new Uint32Array(65_536)
  for (let i = 0, row = 1; i < present.length; i++) {
    firstOf[present[i]!] = row
    row += sizes[present[i]!]!
  }
  const symbols = present.toSorted((a, b) => sizes[b]! - sizes[a]! || a - b)
  const orders = new Uint16Array(65_536)
  for (const [order, symbol] of symbols.entries()) orders[symbol] = order
  return { symbols, orders, firsts: symbols.map((symbol) => firstOf[symbol]!) }
}

/** All levels of the matrix of classes, then those of class 1, 2, …, bit by bit behind each other, high bits first. */
function wavelet(orders: Uint16Array): { words: Uint32Array; sizes: Uint32Array } {
  const classes = new Uint16Array(orders.length)
  const sizes = new Uint32Array(classCount)
  for (let i = 0; i < orders.length; i++) sizes[(classes[i] = classOf(orders[i]!))]!++
  const total = sizes.reduce((bits, size, k) => bits + size * k, classBits * orders.length)
  const words = wordsFor(total)
  let at = 0
  const write = (values: Uint16Array, bits: number): void => {
    let now = values
    for (let level = bits - 1; level >= 0; level--) {
      const next = new Uint16Array(now.length)
      let zeros = 0
      for (let i = 0; i < now.length; i++) if (((now[i]! >>> level) & 1) === 0) zeros++
      for (let i = 0, zero = 0, one = zeros; i < now.length; i++, at++) {
        if (((now[i]! >>> level) & 1) === 0) next[zero++] = now[i]!
        else {
          next[one++] = now[i]!
          words[at >>> 5]! |= 1 << (at & 31)
        }
      }
      now = next
    }
  }
  write(classes, classBits)
  for (let k = 1; k < classCount; k++) {
    const members = new Uint16Array(sizes[k]!)
    for (let i = 0, j = 0; i < orders.length; i++) if (classes[i] === k) members[j++] = orders[i]! + 1 - 2 ** k
    write(members, k)
  }
  return { words, sizes }
}
