import { expect, test } from 'vitest'
import { digestText, type PayeeId } from '../../kernel/index.ts'
import { slowIndex } from './slowIndex.ts'

const documentOf = (symbols: number[], name: string) => {
  const sample = digestText(name)
  return { symbols, sample, payee: `npm:${name}` as PayeeId, cluster: sample }
}
const index = slowIndex([documentOf([1, 2, 3, 4], 'a'), documentOf([3, 4, 5, 1, 2], 'b')])

test('1 2 3 4 5 stands in two documents as 1 2 3 4 and 3 4 5, each once', () => {
  const spans = index.spans([1, 2, 3, 4, 5])
  expect(spans.map(({ start, end, count }) => [start, end, count])).toEqual([
    [0, 4, 1],
    [2, 5, 1],
  ])
  expect(spans.map(({ places }) => places.map(({ payee, offset }) => [payee, offset]))).toEqual([
    [['npm:a', 0]],
    [['npm:b', 0]],
  ])
})

test('a span ends with the first delimiter, and 2 that are shorter than 2 are left out', () => {
  const found = index.spans([1, 2, 3, 4, 5], { delimiters: [3], minLength: 2 })
  expect(found.map(({ start, end }) => [start, end])).toEqual([
    [0, 3],
    [3, 5],
  ])
})

test('1 2 occurs 2 times in 2 clusters, 5 1 once, 4 1 in no document, and nothing 9 times', () => {
  expect([[1, 2], [5, 1], [4, 1], []].map((query) => index.count(query))).toEqual([2, 1, 0, 9])
  expect(index.clustersOf([1, 2], 2)).toHaveLength(2)
  expect(index.clustersOf([1, 2], 1)).toBeNull()
})

test('65,535 and 1.5 are no symbols', () => {
  for (const symbol of [65_535, 1.5, -1, Number.NaN]) {
    expect(() => index.spans([symbol])).toThrow(expect.objectContaining({ code: 'attribution/symbol-out-of-range' }))
  }
})
