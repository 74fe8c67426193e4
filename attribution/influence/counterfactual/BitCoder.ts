/** Chances of zero, learnt as bits pass: the mean of a fast and a slow estimate of each, in 65,536ths. */
export class BitChances {
  readonly #fast: Uint16Array
  readonly #slow: Uint16Array

  constructor(count: number) {
    this.#fast = new Uint16Array(count).fill(32_768)
    this.#slow = new Uint16Array(count).fill(32_768)
  }

  /** In 4,096ths, 1 to 4,095. */
  of(i: number): number {
    return Math.min(4_095, Math.max(1, (this.#fast[i]! + this.#slow[i]!) >>> 5))
  }

  learn(i: number, bit: number): void {
    const [fast, slow] = [this.#fast[i]!, this.#slow[i]!]
    this.#fast[i] = bit === 0 ? fast + ((65_535 - fast) >>> 4) : fast - (fast >>> 4)
    this.#slow[i] = bit === 0 ? slow + ((65_535 - slow) >>> 7) : slow - (slow >>> 7)
  }
}

/** What packDelta and unpackDelta both do with a bit: one writes it, the other finds it. */
export type BitCoder = { bit(chanceOfZero: number, bit: number): number }

const half = 2_048
export const evenChance = half

/**
 * Range coder for bits, integers alone, so that bytes are the same on every machine. A bit of chance p costs -log2 p.
 * Source: G. N. N. Martin 1979, in the form of the LZMA specification (I. Pavlov): low of 33 bits, bytes that may still
 * carry held back.
 */
export class BitEncoder implements BitCoder {
  #bytes = new Uint8Array(1 << 16)
  #length = 0
  #low = 0
  #range = 0xffff_ffff
  #held = 0
  #holding = 1

  bit(chanceOfZero: number, bit: number): number {
    const bound = (this.#range >>> 12) * chanceOfZero
    if (bit === 0) this.#range = bound
    else {
      this.#low += bound
      this.#range -= bound
    }
    while (this.#range < 0x100_0000) {
      this.#range = (this.#range * 256) >>> 0
      this.#shift()
    }
    return bit
  }

  /** The bytes, all of them; the coder is done. */
  finish(): Uint8Array {
    for (let i = 0; i < 5; i++) this.#shift()
    return this.#bytes.slice(0, this.#length)
  }

  #shift(): void {
    if (this.#low < 0xff00_0000 || this.#low > 0xffff_ffff) {
      const carry = this.#low > 0xffff_ffff ? 1 : 0
      for (; this.#holding > 0; this.#holding--) {
        this.#write(this.#held + carry)
        this.#held = 0xff
      }
      this.#held = Math.floor(this.#low / 0x100_0000) % 256
    }
    this.#holding++
    this.#low = (this.#low % 0x100_0000) * 256
  }

  #write(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const longer = new Uint8Array(2 * this.#length)
      longer.set(this.#bytes)
      this.#bytes = longer
    }
    this.#bytes[this.#length++] = byte
  }
}

/** Reads what a BitEncoder wrote. Past the last byte it reads zeros; `left` then is negative. */
export class BitDecoder implements BitCoder {
  readonly #bytes: Uint8Array
  #at = 0
  #code = 0
  #range = 0xffff_ffff

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    for (let i = 0; i < 5; i++) this.#code = ((this.#code * 256) >>> 0) + this.#next()
  }

  /** Bytes that were not read. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  bit(chanceOfZero: number): number {
    const bound = (this.#range >>> 12) * chanceOfZero
    const bit = this.#code < bound ? 0 : 1
    if (bit === 0) this.#range = bound
    else {
      this.#code -= bound
      this.#range -= bound
    }
    while (this.#range < 0x100_0000) {
      this.#range = (this.#range * 256) >>> 0
      this.#code = ((this.#code * 256) >>> 0) + this.#next()
    }
    return bit
  }

  #next(): number {
    return this.#bytes[this.#at++] ?? 0
  }
}
