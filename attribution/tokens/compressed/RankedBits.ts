/** Bits of one count of ones: 8 words, of which a rank reads half on average. */
const strideWords = 8

/** Bits that can be counted up to any place. 12.5 % are added for the counts. */
export class RankedBits {
  readonly #words: Uint32Array
  readonly #counts: Uint32Array

  constructor(words: Uint32Array, counts: Uint32Array) {
    this.#words = words
    this.#counts = counts
  }

  bit(i: number): number {
    return (this.#words[i >>> 5]! >>> (i & 31)) & 1
  }

  /** How many of the first i bits are 1. */
  rank(i: number): number {
    const word = i >>> 5
    let ones = this.#counts[word >>> 3]!
    for (let w = word & ~(strideWords - 1); w < word; w++) ones += onesIn(this.#words[w]!)
    return (i & 31) === 0 ? ones : ones + onesIn(this.#words[word]! << (32 - (i & 31)))
  }
}

/** Room for this many bits, and one block more, so that a rank at the end reads what is there. */
export function wordsFor(bits: number): Uint32Array {
  return new Uint32Array((Math.floor(bits / (32 * strideWords)) + 1) * strideWords)
}

/** The ones before each block of words. */
export function countOnes(words: Uint32Array): Uint32Array {
  const counts = new Uint32Array(words.length / strideWords)
  for (let w = 0, ones = 0; w < words.length; w++) {
    if (w % strideWords === 0) counts[w / strideWords] = ones
    ones += onesIn(words[w]!)
  }
  return counts
}

function onesIn(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555)
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
