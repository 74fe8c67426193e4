import { cp, mkdtemp, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { slowIndex } from '../slowIndex.ts'
import { documentsOf, indexOf } from '../testing/indexOf.ts'
import type { TokenIndex } from '../TokenIndex.ts'
import { openInfiniGram } from './openInfiniGram.ts'

// Written by infini-gram 2.6.0: evals/tokens/recordInfiniGram.ts.
const dir = join(import.meta.dirname, 'fixtures')
const recorded = JSON.parse(await readFile(join(dir, 'answers.json'), 'utf8')) as {
  paragraphs: number[][]
  answers: { ids: number[]; spans: { start: number; end: number; count: number; places: [number, number][] }[] }[]
}
const documents = documentsOf(recorded.paragraphs)
const factsOf = (_: number, document: number) => documents[document]!

/** Spans with their places as infini-gram has them: byte of the text, in which each document stands behind a separator. */
function told(index: TokenIndex, ids: number[]) {
  const starts = new Map<string, number>()
  let at = 1
  for (const { sample, symbols } of documents) {
    starts.set(sample, at)
    at += symbols.length + 1
  }
  return index.spans(ids, { maxPlaces: 10_000 }).map(({ start, end, count, places }) => ({
    start,
    end,
    count,
    places: places.map(({ sample, offset }) => 2 * (starts.get(sample)! + offset)).toSorted((a, b) => a - b),
  }))
}

const expected = recorded.answers.map(({ spans }) =>
  spans.map(({ places, ...span }) => ({ ...span, places: places.map(([, at]) => at).toSorted((a, b) => a - b) })),
)

test('spans, counts and places of 27 answers are those that infini-gram gave: by our index, its files and the reference', async () => {
  expect(recorded.answers).toHaveLength(27)
  expect(expected.flat().length).toBeGreaterThan(100)
  for (const index of [
    indexOf(documents),
    indexOf(documents, { shards: 8 }),
    await openInfiniGram({ dir, alphabet: 'tokens', factsOf }),
    slowIndex(documents),
  ]) {
    expect(recorded.answers.map(({ ids }) => told(index, ids))).toEqual(expected)
  }
})

test('documents of its files have the symbols of ours, and files that do not fit together are refused', async () => {
  const theirs = await openInfiniGram({ dir, alphabet: 'tokens', factsOf })
  expect([theirs.documents, theirs.symbols]).toEqual([documents.length, recorded.paragraphs.flat().length])
  const copy = await mkdtemp(join(tmpdir(), 'infini-gram-'))
  try {
    await cp(dir, copy, { recursive: true })
    await truncate(join(copy, 'table.0'), 1_001)
    const open = openInfiniGram({ dir: copy, alphabet: 'tokens', factsOf })
    await expect(open).rejects.toMatchObject({ code: 'attribution/infini-gram' })
    await expect(openInfiniGram({ dir: tmpdir(), alphabet: 'tokens', factsOf })).rejects.toMatchObject({
      code: 'attribution/infini-gram',
    })
  } finally {
    await rm(copy, { recursive: true })
  }
})
