import type { RankedBits } from './RankedBits.ts'

/** Numbers of `bits` bits, `length` of them, as levels of bits from place `at` on. Each step down keeps zeros first, in order. */
export class WaveletMatrix {
  readonly #bits: RankedBits
  readonly #levels: number
  readonly #length: number
  readonly #at: number
  /** Ones before each level, and zeros in it. */
  readonly #before: Float64Array
  readonly #zeros: Float64Array
  /** What `walk` found. */
  value = 0
  place = 0

  constructor(bits: RankedBits, { at, length, levels }: { at: number; length: number; levels: number }) {
    this.#bits = bits
    this.#levels = levels
    this.#length = length
    this.#at = at
    const starts = Array.from({ length: levels }, (_, level) => at + level * length)
    this.#before = Float64Array.from(starts, (start) => bits.rank(start))
    this.#zeros = Float64Array.from(
      starts,
      (start, level) => length - (bits.rank(start + length) - this.#before[level]!),
    )
  }

  /** Where the first `i` numbers put the next `value` when sorted by levels: less what 0 gives, how many of them are it. */
  descend(value: number, i: number): number {
    let place = i
    for (let level = 0, start = this.#at; level < this.#levels; level++, start += this.#length) {
      const ones = this.#bits.rank(start + place) - this.#before[level]!
      place = ((value >>> (this.#levels - 1 - level)) & 1) === 1 ? this.#zeros[level]! + ones : place - ones
    }
    return place
  }

  /** The i-th number as `value`, and where it is put as `place`. */
  walk(i: number): void {
    let place = i
    let value = 0
    for (let level = 0, start = this.#at; level < this.#levels; level++, start += this.#length) {
      const ones = this.#bits.rank(start + place) - this.#before[level]!
      const bit = this.#bits.bit(start + place)
      value = (value << 1) | bit
      place = bit === 1 ? this.#zeros[level]! + ones : place - ones
    }
    this.value = value
    this.place = place
  }
}
