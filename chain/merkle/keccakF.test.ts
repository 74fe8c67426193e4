import fc from 'fast-check'
import { keccak_256, keccakP } from '@noble/hashes/sha3.js'
import { expect, test } from 'vitest'
import { createKeccakF } from './keccakF.ts'
import { createKeccakSponge, longestMessage } from './keccakSponge.ts'

test('permutes 1,000 random states, and one state 1,000 times, as @noble/hashes does', () => {
  const { words, permute } = createKeccakF()
  const state = new Uint32Array(50)
  fc.assert(
    fc.property(fc.uint32Array({ minLength: 50, maxLength: 50 }), (random) => {
      words.set(random)
      state.set(random)
      permute()
      keccakP(state)
      expect(words.subarray(0, 50)).toEqual(state)
    }),
    { numRuns: 1_000, seed: 7 },
  )
  for (let i = 0; i < 1_000; i++) {
    permute()
    keccakP(state)
  }
  expect(words.subarray(0, 50)).toEqual(state)
})

test('hashes messages of each length from 0 to 135 bytes, whatever stood there before', () => {
  const { bytes, squeeze } = createKeccakSponge()
  for (let length = 0; length <= longestMessage; length++) {
    const message = Uint8Array.from({ length }, (_, i) => (i * 7 + length) % 256)
    bytes.set(message)
    squeeze(length)
    expect([length, ...bytes.subarray(0, 32)]).toEqual([length, ...keccak_256(message)])
  }
})
