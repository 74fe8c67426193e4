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
  expect([...suffixArray(new TextEncoder().encode('mississippi'))]).toEqual([10, 7, 4, 1, 0, 9, 8, 6, 3, 5, 2])
})

test('no symbol, one symbol, all equal, the least and the greatest ones sort as by comparing, as tokens and as bytes', () => {
  for (const text of [[], [0], [255], [7, 7, 7, 7, 7, 7, 7, 7, 7, 7], [0, 0, 0, 255, 0, 0, 0, 0, 255, 255, 0]]) {
    expect([...suffixArray(Uint16Array.from(text))]).toEqual(slowSuffixArray(text))
    expect([...suffixArray(Uint8Array.from(text))]).toEqual(slowSuffixArray(text))
    const greatest = text.map((symbol) => symbol * 257)
    expect([...suffixArray(Uint16Array.from(greatest))]).toEqual(slowSuffixArray(text))
  }
})

test('2,000 random texts of 1 to 4 symbols, in runs of up to 12, sort as by comparing, as tokens and as bytes', () => {
  const texts = fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 12 }))
    .chain(([sigma, run]) =>
      fc
        .array(fc.tuple(fc.nat(sigma - 1), fc.integer({ min: 1, max: run })), { maxLength: 60 })
        .map((runs) => runs.flatMap(([symbol, length]) => Array.from({ length }, () => symbol))),
    )
  fc.assert(
    fc.property(texts, (text) => {
      const expected = slowSuffixArray(text)
      expect([...suffixArray(Uint16Array.from(text))]).toEqual(expected)
      expect([...suffixArray(Uint8Array.from(text))]).toEqual(expected)
    }),
    { numRuns: 1_000, seed: 7 },
  )
})

const size = 200_000
const fibonacci = (): number[] => {
  let [a, b] = [[0], [0, 1]]
  while (b.length < size) [a, b] = [b, [...b, ...a]]
  return b.slice(0, size)
}
const hostile: Record<string, () => number[]> = {
  'one symbol': () => Array.from({ length: size }, () => 9),
  'a Fibonacci word': fibonacci,
  'a document of 199 symbols, 1,000 times': () => Array.from({ length: size }, (_, i) => ((i % 200) * 7_919) % 199),
  'two copies of a document of 100,000': () => {
    const document = fibonacci().map((symbol, i) => symbol + ((i * i) % 5))
    return [...document.slice(0, size / 2), ...document.slice(0, size / 2)]
  },
  'symbols that rise': () => Array.from({ length: size }, (_, i) => Math.floor(i / 1_000)),
  'symbols that fall': () => Array.from({ length: size }, (_, i) => 200 - Math.floor(i / 1_000)),
  'runs of 1 to 600 of one symbol': () => {
    return Array.from({ length: 700 }, (_, run) => [...Array.from({ length: run }, () => 5), run % 4]).flat()
  },
}

for (const [name, make] of Object.entries(hostile)) {
  test(`${name}: 200,000 symbols sort in at most 18 rounds, as by the rank of what follows`, () => {
    const symbols = make()
    for (const text of [Uint16Array.from(symbols), Uint8Array.from(symbols)]) {
      let rounds = 0
      const sa = suffixArray(text, ({ phase }) => void (rounds += phase === 'refine' ? 1 : 0))
      expect(rounds).toBeLessThanOrEqual(18)
      const rank = new Int32Array(text.length + 1).fill(-1)
      for (const [i, at] of sa.entries()) rank[at] = i
      expect(rank.subarray(0, -1).includes(-1)).toBe(false)
      let wrong = 0
      for (let i = 1; i < sa.length; i++) {
        const [a, b] = [sa[i - 1]!, sa[i]!]
        if (text[a]! > text[b]! || (text[a] === text[b] && rank[a + 1]! > rank[b + 1]!)) wrong++
      }
      expect(wrong).toBe(0)
    }
  })
}
