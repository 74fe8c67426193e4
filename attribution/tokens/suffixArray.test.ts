import fc from 'fast-check'
import { expect, test } from 'vitest'
import { suffixArray } from './suffixArray.ts'

/** By comparing suffixes. */
function slowSuffixArray(text: number[]): number[] {
  const compare = (a: number, b: number): number => {
    for (let i = 0; ; i++) {
      if (b + i >= text.length) return 1
      if (a + i >= text.length) return -1
      if (text[a + i] !== text[b + i]) return text[a + i]! - text[b + i]!
    }
  }
  return text.map((_, i) => i).toSorted(compare)
}

test('mississippi sorts as 10 7 4 1 0 9 8 6 3 5 2', () => {
  expect([...suffixArray(new TextEncoder().encode('mississippi'), 256)]).toEqual([10, 7, 4, 1, 0, 9, 8, 6, 3, 5, 2])
})

test('no symbol, one symbol, all equal, and 1,000 random texts of 1 to 4 symbols sort as by comparing', () => {
  for (const text of [[], [0], [7, 7, 7, 7, 7, 7]]) {
    expect([...suffixArray(Uint16Array.from(text), 8)]).toEqual(slowSuffixArray(text))
  }
  const texts = fc.integer({ min: 1, max: 4 }).chain((sigma) => fc.array(fc.nat(sigma - 1), { maxLength: 120 }))
  fc.assert(
    fc.property(texts, (text) => {
      expect([...suffixArray(Uint16Array.from(text), 4)]).toEqual(slowSuffixArray(text))
    }),
    { numRuns: 1_000, seed: 7 },
  )
})

test('20,000 symbols that repeat one passage of 50 sort in linear time, as by the rank of what follows', () => {
  const text = Uint8Array.from({ length: 20_000 }, (_, i) => ((i % 50) * 7) % 50)
  const sa = suffixArray(text, 50)
  const rank = new Int32Array(text.length + 1).fill(-1)
  for (const [i, at] of sa.entries()) rank[at] = i
  for (let i = 1; i < sa.length; i++) {
    const [a, b] = [sa[i - 1]!, sa[i]!]
    expect(text[a]! < text[b]! || (text[a] === text[b] && rank[a + 1]! < rank[b + 1]!)).toBe(true)
  }
})
