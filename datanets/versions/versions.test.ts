import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestOf, digestText, verifyDigestProof, type Decision, type PayeeId } from '../../kernel/index.ts'
import { documentOf } from '../makeSample.ts'
import { sampleOf } from '../testing.ts'
import { drawQuestions } from './drawQuestions.ts'
import { sampleSubset } from './sampleSubset.ts'
import { splitByDocument } from './splitByDocument.ts'
import { versionOf } from './versionOf.ts'

const samplesOf = (sizes: readonly number[]) =>
  sizes.flatMap((size, p) =>
    Array.from({ length: size }, (_, i) =>
      sampleOf({
        prompt: `Question ${p}.${i}?`,
        completion: `Answer ${p}.${i}`,
        payee: `npm:p${p}` as PayeeId,
        source: `p${p}@1#${i}`,
      }),
    ),
  )
const decide = (samples: ReturnType<typeof samplesOf>, rejected: number[] = []): Decision[] =>
  samples.map(({ id }, i) => ({
    sample: id,
    verdict: rejected.includes(i) ? 'reject' : 'accept',
    rule: rejected.includes(i) ? 'quality/short' : 'none',
    reason: 'r',
  }))
const sources = digestText('sources')

test('a version of 7 samples less 2 proves the 5 accepted ones and no other', () => {
  const samples = samplesOf([4, 3])
  const version = versionOf({ datanet: 'd', samples, decisions: decide(samples, [0, 5]), sources })
  for (const [i, { id }] of samples.entries()) {
    if (i === 0 || i === 5)
      expect(() => version.proof(id)).toThrow(expect.objectContaining({ code: 'datanets/not-in-version' }))
    else expect(verifyDigestProof(version.root, id, version.proof(id))).toBe(true)
  }
  expect(version.card).toMatchObject({
    samples: 5,
    rejected: 2,
    contributors: 2,
    clusters: 0,
    previous: null,
    payees: [
      { payee: 'npm:p0', samples: 3 },
      { payee: 'npm:p1', samples: 2 },
    ],
    rules: [{ rule: 'quality/short', samples: 2 }],
    licences: [{ licence: 'MIT', samples: 5 }],
  })
  expect(version.cardDigest).toBe(digestOf(version.card))
})

test('the same set in another order is the same version; one sample more is another', () => {
  const samples = samplesOf([5, 2])
  const of = (list: typeof samples) => versionOf({ datanet: 'd', samples: list, decisions: decide(list), sources })
  expect(of(samples.toReversed()).cardDigest).toBe(of(samples).cardDigest)
  expect(of(samples.slice(1)).root).not.toBe(of(samples).root)
})

test('a version of nothing, and one with an undecided sample, are refused', () => {
  const samples = samplesOf([2])
  const of = (decisions: Decision[]) => () => versionOf({ datanet: 'd', samples, decisions, sources })
  expect(of(decide(samples, [0, 1]))).toThrow(expect.objectContaining({ code: 'datanets/nothing-accepted' }))
  expect(of(decide(samples).slice(1))).toThrow(expect.objectContaining({ code: 'datanets/undecided' }))
})

const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 25 })

test('a subset has n samples, stays within one of each payee’s part where that reaches enough payees, and depends on no order', () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 120 }), fc.nat(30), fc.string(), (groups, n, minPayees, seed) => {
      const samples = samplesOf(groups)
      const drawn = sampleSubset({ samples, n, seed, minPayees })
      expect(drawn).toHaveLength(Math.min(n, samples.length))
      expect(drawn).toEqual(samples.filter((sample) => drawn.includes(sample)))
      const payees = new Set(drawn.map(({ payee }) => payee)).size
      expect(payees).toBeGreaterThanOrEqual(Math.min(minPayees, groups.length, n))
      const again = sampleSubset({ samples: samples.toReversed(), n, seed, minPayees })
      expect(new Set(again)).toEqual(new Set(drawn))
      if (minPayees === 0) {
        for (const [p, size] of groups.entries()) {
          const share = (drawn.length * size) / samples.length
          expect(Math.abs(drawn.filter(({ payee }) => payee === `npm:p${p}`).length - share)).toBeLessThan(1)
        }
      }
    }),
    { seed: 3, numRuns: 60 },
  )
})

test('512 of 2,300 samples in 160 payees, half of them held by 20, reach at least 50 payees; another seed draws others', () => {
  const samples = samplesOf([...Array.from({ length: 20 }, () => 58), ...Array.from({ length: 140 }, () => 8)])
  const draw = (seed: string) => sampleSubset({ samples, n: 512, seed, minPayees: 50 })
  expect(new Set(draw('a').map(({ payee }) => payee)).size).toBeGreaterThanOrEqual(50)
  expect(draw('a').map(({ id }) => id)).not.toEqual(draw('b').map(({ id }) => id))
})

test('a held-out split keeps documents whole, loses nothing and holds out the asked part to within one document', () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 10_000, max: 600_000 }), fc.string(), (groups, heldOutPpm, seed) => {
      const samples = samplesOf(groups)
      const { train, heldOut } = splitByDocument(samples, { seed, heldOutPpm })
      expect(train.length + heldOut.length).toBe(samples.length)
      expect(Math.min(train.length, heldOut.length)).toBeGreaterThan(0)
      const held = new Set(heldOut.map(documentOf))
      expect(train.some((sample) => held.has(documentOf(sample)))).toBe(false)
      const target = (samples.length * heldOutPpm) / 1_000_000
      expect(heldOut.length).toBeLessThan(target + 30)
      if (held.size < groups.length - 1) expect(heldOut.length).toBeGreaterThanOrEqual(target)
    }),
    { seed: 4, numRuns: 60 },
  )
  const one = () => splitByDocument(samplesOf([3]), { seed: 's', heldOutPpm: 1 })
  expect(one).toThrow(expect.objectContaining({ code: 'datanets/one-document' }))
})

test('questions go round the payees and are asked once', () => {
  const samples = [
    ...samplesOf([20, 2, 2]),
    sampleOf({ prompt: 'Question 0.0?', source: 'x#1' }),
    sampleOf({ prompt: ' ', source: 'x#2' }),
  ]
  const drawn = drawQuestions(samples, { n: 6, seed: 's' })
  expect(new Set(drawn.slice(0, 3).map(({ payee }) => payee)).size).toBe(3)
  expect(new Set(drawn.map(({ prompt }) => prompt)).size).toBe(6)
  expect(drawQuestions(samples, { n: 99, seed: 's' })).toHaveLength(24)
})
