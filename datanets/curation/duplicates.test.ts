import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PayeeId, Sample } from '../../kernel/index.ts'
import { sampleOf } from '../testing.ts'
import { curate, judgeDuplicates, judgeSamples, mergeDecisions } from './curate.ts'
import { createDuplicateIndex } from './duplicateIndex.ts'
import { likenessOf, similarityPpm } from './likeness.ts'
import { defaultCurationOptions } from './rule.ts'
import { jaccardPpm, shinglesOf, wordsOf } from './shingles.ts'

const text = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `word${from + i}`).join(' ')
const samplesOf = (texts: readonly string[]) =>
  texts.map((completion, i) => sampleOf({ completion, source: `page@1#${i}`, payee: `npm:p${i}` as PayeeId }))

/** The rule as a sentence: compare with every sample kept so far. */
function slowClusters(samples: readonly Sample[], thresholdPpm: number, seed: number): number[] {
  const kept: number[] = []
  const looks = samples.map((sample) => likenessOf(sample, seed))
  return looks.map((own, i) => {
    const same = kept.find((k) => looks[k]!.exact === own.exact)
    const first = same ?? kept.find((k) => similarityPpm(own, looks[k]!) >= thresholdPpm)
    if (first === undefined) kept.push(i)
    return first ?? i
  })
}

/** Texts of a small vocabulary, with copies that were changed a little: many pairs on both sides of the threshold. */
const corpora = fc
  .array(fc.tuple(fc.nat(2), fc.nat(40), fc.nat(60), fc.nat(999)), { minLength: 2, maxLength: 40 })
  .map((rows) =>
    samplesOf(
      rows.map(([base, start, length, change]) => {
        const words = text(base * 50 + (start % 4), base * 50 + (start % 4) + 3 + length).split(' ')
        return words.map((word, i) => (change % 7 === 0 && i === change % words.length ? 'changed' : word)).join(' ')
      }),
    ),
  )

test('the index finds the same first sample as the comparison of all pairs, for any threshold and seed', () => {
  let matches = 0
  fc.assert(
    fc.property(corpora, fc.integer({ min: 300_000, max: 950_000 }), fc.integer(), (samples, threshold, seed) => {
      const index = createDuplicateIndex(threshold, seed)
      const fast = samples.map((sample, i) => index.offer(sample, i)?.position ?? i)
      matches += fast.filter((position, i) => position !== i).length
      expect(fast).toEqual(slowClusters(samples, threshold, seed))
    }),
    { seed: 7, numRuns: 150 },
  )
  expect(matches).toBeGreaterThan(200)
})

test('decisions about the first samples do not change when others come after', () => {
  fc.assert(
    fc.property(corpora, fc.nat(40), (samples, cut) => {
      expect(judgeDuplicates(samples.slice(0, cut))).toEqual(judgeDuplicates(samples).slice(0, cut))
    }),
    { seed: 8, numRuns: 60 },
  )
})

test('a later sample that resembles two earlier ones takes neither of them out', () => {
  const [left, right, bridge] = [text(0, 46), text(14, 60), text(7, 53)]
  const decisions = judgeDuplicates(samplesOf([left, right, bridge]))
  expect(decisions.map(({ verdict }) => verdict)).toEqual(['accept', 'accept', 'reject'])
  const [first, , third] = decisions
  expect(third).toMatchObject({ rule: 'duplicate/near', cluster: first!.sample })
})

test('of 3 copies the first committed is kept; white space and Unicode form make no other text', () => {
  const samples = samplesOf([`${text(0, 30)} café`, `${text(0, 30)}\n cafe\u0301`, text(0, 29)])
  const rules = (order: readonly Sample[]) =>
    judgeDuplicates(order).map(({ verdict, rule, cluster }) => [verdict, rule, cluster])
  const id = samples[0]!.id
  expect(rules(samples)).toEqual([
    ['accept', 'none', undefined],
    ['reject', 'duplicate/exact', id],
    ['reject', 'duplicate/near', id],
  ])
  expect(rules([samples[2]!, samples[0]!])[1]).toEqual(['reject', 'duplicate/near', samples[2]!.id])
})

test('equal long answers to other questions are duplicates; equal short ones, and one passage with two answers, are none', () => {
  const verdicts = (pairs: [string, string][]) =>
    judgeDuplicates(pairs.map(([prompt, completion], i) => sampleOf({ prompt, completion, source: `s#${i}` }))).map(
      ({ verdict }) => verdict,
    )
  expect(
    verdicts([
      ['Why?', text(0, 20)],
      ['How so, then?', text(0, 20)],
    ]),
  ).toEqual(['accept', 'reject'])
  expect(
    verdicts([
      ['Is water wet when cold?', 'Yes'],
      ['Do all birds fly south?', 'Yes'],
    ]),
  ).toEqual(['accept', 'accept'])
  expect(
    verdicts([
      [`${text(0, 90)} how many?`, '17 per cent'],
      [`${text(0, 90)} since when?`, 'March 2019'],
    ]),
  ).toEqual(['accept', 'accept'])
})

test('a sample rejected for something else blocks nothing, and batches of 1 and 7 decide as one of all', async () => {
  const samples = [
    ...samplesOf([text(0, 40), text(100, 140), `${text(200, 240)} maria.lopez@gmail.com`, text(0, 40)]),
    sampleOf({ completion: text(300, 340), licence: '', source: 'l#1' }),
    sampleOf({ completion: text(300, 340), source: 'l#2' }),
  ]
  const all = await curate(samples)
  expect(all.map(({ rule }) => rule)).toEqual([
    'none',
    'none',
    'pii/email',
    'duplicate/exact',
    'licence/missing',
    'none',
  ])
  for (const size of [1, 7]) {
    const judged = []
    for (let i = 0; i < samples.length; i += size) judged.push(...(await judgeSamples(samples.slice(i, i + size))))
    expect(mergeDecisions(samples, judged, defaultCurationOptions)).toEqual(all)
  }
  await expect(curate([samples[0]!, samples[0]!])).rejects.toMatchObject({ code: 'datanets/repeated-sample' })
})

test('Jaccard of sets with 3 shared of 5 is 600,000 ppm, and 0 under a floor of 600,001', () => {
  const [a, b] = [Float64Array.of(1, 2, 3, 4), Float64Array.of(2, 3, 4, 5)]
  expect(jaccardPpm(a, b)).toBe(600_000)
  expect(jaccardPpm(a, b, 600_000)).toBe(600_000)
  expect(jaccardPpm(a, b, 600_001)).toBe(0)
  expect(jaccardPpm(a, new Float64Array(0))).toBe(0)
})

test('shingles are sets in ascending order that keep word boundaries; Han characters are words', () => {
  expect(shinglesOf(wordsOf('a b c d e a b c d e'), 5, 1)).toHaveLength(5)
  expect(shinglesOf(['ab', 'c'], 2, 1)).not.toEqual(shinglesOf(['a', 'bc'], 2, 1))
  expect(shinglesOf([], 5, 1)).toHaveLength(0)
  expect(wordsOf('It’s ２ snake_case 漢字abc')).toEqual(['it', 's', '2', 'snake_case', '漢', '字', 'abc'])
})

test('2,400 sections of 100 words take less than 2 s of CPU', () => {
  const samples = Array.from({ length: 2400 }, (_, i) =>
    sampleOf({ prompt: `Topic ${i} of page ${i}?`, completion: text(i * 37, i * 37 + 100), source: `page@1#${i}` }),
  )
  const before = process.cpuUsage()
  expect(judgeDuplicates(samples)).toHaveLength(2400)
  expect(process.cpuUsage(before).user).toBeLessThan(2_000_000)
})
