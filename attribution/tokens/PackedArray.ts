/**
 * Whole numbers of `bits` bits each, 0 to 31, one behind the other in 32-bit words, the low bits first. Reading one costs
 * two words.
 */
export class PackedArray {
  readonly #words: Uint32Array
  readonly #bits: number
  readonly #mask: number

  /** `words` must hold one word more than the numbers need. */
  constructor(words: Uint32Array, bits: number) {
    this.#words = words
    this.#bits = bits
    this.#mask = 2 ** bits - 1
  }

  at(i: number): number {
    // 32 numbers fill `bits` words exactly, so that no product exceeds 32 bits.
    const bit = (i & 31) * this.#bits
    const word = (i >>> 5) * this.#bits + (bit >>> 5)
    const shift = bit & 31
    const low = this.#words[word]! >>> shift
    if (shift + this.#bits <= 32) return low & this.#mask
    return (low | (this.#words[word + 1]! << (32 - shift))) & this.#mask
  }
}

/** Bits that numbers up to `most` need. */
export function bitsFor(most: number): number {
  return 32 - Math.clz32(most)
}

/** The words of a PackedArray of these numbers, none over 2^bits - 1. */
export function pack(numbers: ArrayLike<number>, bits: number): Uint32Array {
  const words = new Uint32Array(Math.ceil((numbers.length * bits) / 32) + 1)
  for (let i = 0; i < numbers.length; i++) {
    const bit = (i & 31) * bits
    const word = (i >>> 5) * bits + (bit >>> 5)
    const shift = bit & 31
    words[word]! |= numbers[i]! << shift
    if (shift + bits > 32) words[word + 1]! |= numbers[i]! >>> (32 - shift)
  }
  return words
}
