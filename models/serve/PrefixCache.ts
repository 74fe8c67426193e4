import { digestBytes, digestText, type Digest } from '../../kernel/index.ts'

/** What a prompt's blocks are called: the model, the adapter, and all tokens up to the end of the block decide. */
export type PrefixKeys = readonly Digest[]

/**
 * Keys and values of whole blocks of prompts, by what they were computed from.
 *
 *   key[0] = H(base, adapter),   key[i] = H(key[i-1], tokens of block i)
 *
 * All weights are in the key by their digests, so an adapter that takes over a name finds nothing of the one before it.
 * A block found here has the bits that computing it again would give, since prompts are computed in the same blocks
 * always. The least recently used go when `maxBytes` are passed.
 */
export class PrefixCache {
  readonly #base: Digest
  readonly #maxBytes: number
  readonly #blocks = new Map<Digest, Float32Array>()
  #bytes = 0

  constructor({ base, maxBytes }: { base: Digest; maxBytes: number }) {
    this.#base = base
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Names of the whole blocks of a prompt. */
  keysOf(promptIds: Int32Array, adapter: Digest | undefined, blockTokens: number): PrefixKeys {
    let key = digestText(`${this.#base} ${adapter ?? 'base'} ${blockTokens}`)
    return Array.from({ length: Math.floor(promptIds.length / blockTokens) }, (_, i) => {
      const tokens = promptIds.subarray(i * blockTokens, (i + 1) * blockTokens)
      const bytes = new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength)
      key = digestBytes(Buffer.concat([Buffer.from(key), bytes]))
      return key
    })
  }

  get(key: Digest): Float32Array | undefined {
    const block = this.#blocks.get(key)
    if (block) {
      this.#blocks.delete(key)
      this.#blocks.set(key, block)
    }
    return block
  }

  /** The block is kept as it is given: the caller writes to it no more. */
  set(key: Digest, block: Float32Array): void {
    if (this.#blocks.has(key) || block.byteLength > this.#maxBytes) return
    this.#blocks.set(key, block)
    this.#bytes += block.byteLength
    for (const [oldest, { byteLength }] of this.#blocks) {
      if (this.#bytes <= this.#maxBytes) return
      this.#blocks.delete(oldest)
      this.#bytes -= byteLength
    }
  }
}
