import { expect, test } from 'vitest'
import { accuracy } from './accuracy.ts'
import { holdOut, type SourcedText } from './holdOut.ts'
import { nameContributor } from './nameContributor.ts'
import { documentOf } from './readTexts.ts'

const texts: SourcedText[] = Array.from({ length: 3_000 }, (_, i) => ({
  prompt: `prompt ${i}`,
  completion: `text ${i}`,
  contributor: `writer ${i % 5}`,
  document: `document ${Math.floor(i / 5) % 150}, of writer ${i % 5}`,
}))

test('no document is on both sides, everybody teaches as much, and the same seed holds out the same', () => {
  const sizes = { contributors: 4, samples: 80, queries: 20, fewestOfEach: 20 }
  const { contributors, samples, queries } = holdOut(texts, sizes, 1)
  expect(contributors).toHaveLength(4)
  expect(samples).toHaveLength(80)
  expect(queries).toHaveLength(20)
  const learned = new Set(samples.map(({ document }) => document))
  expect(queries.filter(({ document }) => learned.has(document))).toEqual([])
  for (const name of contributors) {
    expect(samples.filter(({ contributor }) => contributor === name)).toHaveLength(20)
    expect(queries.filter(({ contributor }) => contributor === name)).toHaveLength(5)
  }
  expect(holdOut(texts, sizes, 1)).toEqual({ contributors, samples, queries })
  expect(holdOut(texts, sizes, 2).queries).not.toEqual(queries)
})

test('about a tenth of the documents is held out', () => {
  const sizes = { contributors: 5, samples: 5, queries: 15_000, fewestOfEach: 1 }
  const { queries } = holdOut(texts, sizes, 1)
  const share = new Set(queries.map(({ document }) => document)).size / 750
  expect(share).toBeGreaterThan(0.07)
  expect(share).toBeLessThan(0.13)
})

test('who has nothing to learn from, or nothing to ask about, is left out', () => {
  const one = { prompt: '', completion: 'x', contributor: 'alone', document: 'the only one' }
  const { contributors } = holdOut([...texts, one], { contributors: 9, samples: 9, queries: 9, fewestOfEach: 1 }, 1)
  expect(contributors).not.toContain('alone')
  expect(contributors).toHaveLength(5)
})

test('a line of a table is a document, its variants are one; elsewhere the file is', () => {
  expect(documentOf('openings:e.tsv#L109')).toBe('openings:e.tsv#L109')
  expect(documentOf('math.jsonl#L524/6b')).toBe(documentOf('math.jsonl#L524/175b'))
  expect(documentOf('docs:a.md#3')).toBe(documentOf('docs:a.md#8'))
})

test('many small scores win by sum, one large one wins as the best', () => {
  const scores = [1, 1, 1, 2.5]
  expect(nameContributor(scores, [0, 0, 0, 1], 'sum')).toBe(0)
  expect(nameContributor(scores, [0, 0, 0, 1], 'best')).toBe(1)
  expect(nameContributor([-3, -1], [0, 1], 'sum')).toBe(1)
})

test('the interval holds the share of right names, and has no width where all are right', () => {
  let state = 1
  const uniform = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  const right = Array.from({ length: 200 }, (_, i) => (i % 4 === 0 ? 1 : 0))
  const { value, low, high } = accuracy(right, { uniform })
  expect(value).toBe(0.25)
  expect(low).toBeGreaterThan(0.18)
  expect(high).toBeLessThan(0.32)
  expect(low).toBeLessThan(0.25)
  expect(high).toBeGreaterThan(0.25)
  expect(accuracy([1, 1, 1], { uniform })).toEqual({ value: 1, low: 1, high: 1 })
})
