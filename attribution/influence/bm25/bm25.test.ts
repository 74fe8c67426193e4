import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bm25 } from './bm25.ts'
import { wordsOf } from './wordsOf.ts'

const gradient = new Float32Array()
const word = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const text = fc.array(word, { maxLength: 8 })

test('three samples score as computed by hand: ln(8/3) 2.2/2.2 for one "tree" of average length, more for two in a shorter one', async () => {
  // |d| = 2, 3, 1; mean 2. "tree" is in 1 of 3, "the" in 2 of 3.
  const method = bm25({ documents: [['the', 'tree'], ['the', 'old', 'man'], ['fish']] })
  const idfTree = Math.log(1 + 2.5 / 1.5)
  const idfThe = Math.log(1 + 1.5 / 2.5)
  const scores = await method.score({ gradient, words: ['the', 'tree', 'tree', 'nowhere'] })
  expect(scores[0]).toBeCloseTo(idfTree + idfThe, 12)
  expect(scores[1]).toBeCloseTo((idfThe * 2.2) / (1 + 1.2 * (0.25 + (0.75 * 3) / 2)), 12)
  expect(scores[2]).toBe(0)
  expect(method).toMatchObject({ id: 'bm25/1', family: 'similarity', count: 3 })
})

test('scores are the definition, sum by sum, for 200 collections', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 7 }), text, async (documents, query) => {
      const scores = await bm25({ documents, k1: 0.9, b: 0.4 }).score({ gradient, words: query })
      const mean = documents.reduce((sum, d) => sum + d.length, 0) / documents.length
      for (const [i, d] of documents.entries()) {
        let slow = 0
        for (const w of new Set(query)) {
          const f = d.filter((x) => x === w).length
          const holders = documents.filter((x) => x.includes(w)).length
          if (f > 0) {
            const idf = Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5))
            slow += (idf * f * 1.9) / (f + 0.9 * (0.6 + (0.4 * d.length) / mean))
          }
        }
        expect(scores[i]).toBeCloseTo(slow, 12)
      }
    }),
    { numRuns: 200 },
  )
})

test('words are runs of letters, marks and digits in lower case, in any script: Größe-2 is größe, 2', () => {
  expect(wordsOf('Größe-2, ＡＢ "naïve"…')).toEqual(['größe', '2', 'ab', 'naïve'])
  expect(wordsOf('--- ')).toEqual([])
})

test('a query without words, and a b of 2, are refused', async () => {
  const refused = expect.objectContaining({ code: 'attribution/query' })
  await expect(bm25({ documents: [['a']] }).score({ gradient })).rejects.toEqual(refused)
  expect(() => bm25({ documents: [], b: 2 })).toThrow(expect.objectContaining({ code: 'attribution/bm25' }))
})
