/**
 * The words of a text for comparison: NFKC, lower case, runs of letters, digits and underscores; each Han, kana or
 * Hangul character is a word of its own, as these scripts write no spaces.
 */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(
        /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|[[\p{L}\p{N}\p{M}_]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]]+/gv,
      ) ?? []
  )
}

/**
 * The set of hashed shingles of `size` consecutive words, ascending without repeats; fewer words than that are one shingle.
 *
 * A hash has 52 bits, from two 32-bit multiply-xor lanes over the UTF-16 units, seeded: an author can't aim at a
 * collision without the seed, and among 10 million shingles by chance 0.01 pairs collide. Cost: linear in the text.
 */
export function shinglesOf(words: readonly string[], size: number, seed: number): Float64Array {
  if (words.length === 0) return new Float64Array(0)
  const low = new Int32Array(words.length)
  const high = new Int32Array(words.length)
  for (const [i, word] of words.entries()) {
    let l = seed | 0
    let h = ~seed
    for (let c = 0; c < word.length; c++) {
      const unit = word.charCodeAt(c)
      l = mix(l, unit, 0x85ebca6b)
      h = mix(h, unit, 0xc2b2ae35)
    }
    low[i] = l
    high[i] = h
  }
  const hashes = new Float64Array(Math.max(1, words.length - size + 1))
  for (let i = 0; i < hashes.length; i++) {
    let l = seed | 0
    let h = ~seed
    for (let w = i; w < i + size && w < words.length; w++) {
      l = mix(l, low[w]!, 0x27d4eb2f)
      h = mix(h, high[w]!, 0x165667b1)
    }
    hashes[i] = (h >>> 12) * 2 ** 32 + (l >>> 0)
  }
  hashes.sort()
  return hashes.filter((hash, i) => i === 0 || hash !== hashes[i - 1])
}

function mix(hash: number, unit: number, factor: number): number {
  const product = Math.imul(hash ^ unit, factor) + 0x9e3779b9
  return product ^ (product >>> 15)
}

/**
 * |a ∩ b| / |a ∪ b| of two ascending sets in parts per million, rounded down; 0 where it is below `floorPpm`, as soon as
 * that is certain. Two empty sets are not alike. Cost: at most |a| + |b| steps.
 */
export function jaccardPpm(a: Float64Array, b: Float64Array, floorPpm = 0): number {
  const both = a.length + b.length
  if (both === 0) return 0
  // J >= f holds exactly where the overlap is at least f / (1 + f) of both sizes together.
  const needed = Math.ceil((floorPpm * both) / (1_000_000 + floorPpm))
  let shared = 0
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (shared + Math.min(a.length - i, b.length - j) < needed) return 0
    const [x, y] = [a[i]!, b[j]!]
    if (x === y) shared++
    if (x <= y) i++
    if (y <= x) j++
  }
  const ppm = Math.floor((shared * 1_000_000) / (both - shared))
  return ppm < floorPpm ? 0 : ppm
}
