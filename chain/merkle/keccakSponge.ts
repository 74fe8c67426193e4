import { createKeccakF } from './keccakF.ts'

/**
 * keccak256 of messages that fit into one block, without a buffer a hash: the message is written to the start of `words` (or
 * `bytes`, the same memory), `squeeze` says its length in bytes, and the first 8 words are its hash.
 */
export type KeccakSponge = { words: Uint32Array; bytes: Uint8Array; squeeze: (length: number) => void }

/** The longest message: a block of 136 bytes has one byte of padding or more. */
export const longestMessage = 135

export function createKeccakSponge(): KeccakSponge {
  const { words, bytes, permute } = createKeccakF()
  return {
    words,
    bytes,
    squeeze(length) {
      bytes.fill(0, length, 200)
      bytes[length] = 0x01
      bytes[longestMessage]! |= 0x80
      permute()
    },
  }
}
