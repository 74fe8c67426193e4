import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attributionSchema, canonicalText, digestText, type PayeeId } from '../../kernel/index.ts'
import { attributeAnswer } from './attributeAnswer.ts'
import { readMethodIds } from './attributionMethods.ts'
import type { AttributionMethod } from './AttributionMethod.ts'
import { composeAttribution, type ScoredAnswer } from './composeAttribution.ts'
import { splitInsideGroups, type SampleOwner } from './splitInsideGroups.ts'
import { toMicroNats } from './toMicroNats.ts'

const [a, b, c, d] = ['npm:a', 'npm:b', 'npm:c', 'npm:d'] as PayeeId[] as [PayeeId, PayeeId, PayeeId, PayeeId]
const owned = (...payees: PayeeId[]): SampleOwner[] =>
  payees.map((payee, i) => ({ id: digestText(`sample ${i}`), payee }))
const rule = { shareRule: 'positive-per-payee/1', noiseFloorMicroNats: 0 } as const
const split = (groups: PayeeId[][], groupScores: number[], samples: SampleOwner[], sampleScores: number[]) =>
  splitInsideGroups({
    groups,
    groupScores: Float64Array.from(groupScores),
    samples,
    sampleScores: Float64Array.from(sampleScores),
  })
const scoreOf = (result: ReturnType<typeof split>) =>
  Object.fromEntries(result.payees.map((p) => [p.payee, p.scoreMicroNats]))

test('a group that helped by 10 µnats goes 7 : 3 to the payees whose samples sum to +0.7 and +0.3, none to the one at -5', () => {
  const result = split([[a, b, c]], [10e-6], owned(a, b, a, c), [0.9, 0.3, -0.2, -5])
  expect(scoreOf(result)).toEqual({ [a]: 7, [b]: 3, [c]: 0 })
  expect(result.unassignedMicroNats).toBe(0)
})

test('a group that harmed by 10 µnats goes to those whose samples harmed: -10 to c, 0 to a and b', () => {
  expect(scoreOf(split([[a, b, c]], [-10e-6], owned(a, b, a, c), [0.9, 0.3, -0.2, -5]))).toEqual({
    [a]: 0,
    [b]: 0,
    [c]: -10,
  })
})

test('a group of one payee keeps its score whatever its samples say; a group where the methods disagree leaves it unassigned', () => {
  const result = split([[a], [b, c], [d]], [5e-6, 8e-6, -2e-6], owned(a, b, c), [-1, -1, 0])
  expect(scoreOf(result)).toEqual({ [a]: 5, [b]: 0, [c]: 0, [d]: -2 })
  expect(result.unassignedMicroNats).toBe(8)
})

const nats = fc.oneof(fc.double({ min: -2, max: 2, noNaN: true }), fc.constantFrom(0, -0, 1e-7, -1e-7))
const run = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }),
    owners: fc.array(fc.nat(), { maxLength: 20 }),
    keys: fc.array(nats, { minLength: 30, maxLength: 30 }),
  })
  .map(({ sizes, owners, keys }) => {
    let next = 0
    const groups = sizes.map((size) => Array.from({ length: size }, () => `npm:p${next++}` as PayeeId))
    const samples = owned(...owners.map((owner) => groups.flat()[owner % next]!))
    const groupScores = Float64Array.from(keys.slice(0, sizes.length))
    const sampleScores = Float64Array.from(samples, (_, i) => keys[sizes.length + i]!)
    return { groups, samples, groupScores, sampleScores }
  })

test('payees and the unassigned part sum to the groups, in every group, whatever the order of samples and members (2,000 runs)', () => {
  fc.assert(
    fc.property(run, ({ groups, samples, groupScores, sampleScores }) => {
      const result = splitInsideGroups({ groups, samples, groupScores, sampleScores })
      const scores = scoreOf(result)
      let unassigned = 0
      for (const [i, members] of groups.entries()) {
        const score = result.groups[i]!.scoreMicroNats
        expect(score).toBe(toMicroNats(groupScores[i]!))
        const sum = members.reduce((total, payee) => total + scores[payee]!, 0)
        for (const payee of members) expect(scores[payee]! * score).toBeGreaterThanOrEqual(0)
        if (sum !== score) {
          expect(sum).toBe(0)
          unassigned += score
        }
      }
      expect(result.unassignedMicroNats).toBe(unassigned)
      const turned = splitInsideGroups({
        groups: groups.map((members) => members.toReversed()),
        samples: samples.toReversed(),
        groupScores,
        sampleScores: sampleScores.toReversed(),
      })
      expect(turned).toEqual(result)
    }),
    { numRuns: 2000 },
  )
})

const answerOf = (more: Pick<ScoredAnswer, 'groups' | 'samples' | 'groupScores' | 'sampleScores'>): ScoredAnswer => {
  const methods = { group: 'counterfactual-linear/1', sample: 'hessian-free/1' } as const
  return { receipt: digestText('receipt'), adapterSet: digestText('set'), rule, methods, ...more }
}

test('every record fits the schema and has canonical bytes; shares stay within 1,000,000 and samples within their payee (1,000 runs)', () => {
  fc.assert(
    fc.property(run, (scored) => {
      const record = composeAttribution({ ...answerOf(scored), top: scored.samples.length })
      expect(attributionSchema.parse(record)).toEqual(record)
      expect(canonicalText(record)).toContain('"method":"counterfactual-linear/1+hessian-free/1"')
      expect(record.payees.map((p) => p.payee).toSorted()).toEqual(scored.groups.flat().toSorted())
      expect(record.payees.reduce((sum, p) => sum + p.sharePpm, 0)).toBeLessThanOrEqual(1_000_000)
      for (const { payee, sharePpm, scoreMicroNats } of record.payees) {
        if (scoreMicroNats <= 0) expect(sharePpm).toBe(0)
        const ofSamples = record.top.filter((s) => s.payee === payee).reduce((sum, s) => sum + s.sharePpm, 0)
        expect([0, sharePpm]).toContain(ofSamples)
      }
    }),
    { numRuns: 1000 },
  )
})

test('an answer of three groups names 2 top samples with their part of the payee: a earns 60 % by two samples 2 : 1', () => {
  const record = composeAttribution({
    ...answerOf({
      groups: [[a, b], [c], [d]],
      samples: owned(a, a, b, c),
      groupScores: Float64Array.of(60e-6, 40e-6, -9e-6),
      sampleScores: Float64Array.of(2e-5, 1e-5, -1e-5, 3e-5),
    }),
    top: 2,
  })
  expect(record.groups).toEqual([60, 40, -9].map((scoreMicroNats, group) => ({ group, scoreMicroNats })))
  expect(record.payees).toEqual([
    { payee: a, scoreMicroNats: 60, sharePpm: 600_000 },
    { payee: c, scoreMicroNats: 40, sharePpm: 400_000 },
    { payee: b, scoreMicroNats: 0, sharePpm: 0 },
    { payee: d, scoreMicroNats: -9, sharePpm: 0 },
  ])
  expect(record.top).toEqual([
    { sample: digestText('sample 3'), payee: c, scoreMicroNats: 30, sharePpm: 400_000 },
    { sample: digestText('sample 0'), payee: a, scoreMicroNats: 20, sharePpm: 400_000 },
  ])
})

test('two made-up methods score an answer through the interface alone, and a method in the wrong place is refused', async () => {
  const toy = (role: 'group' | 'sample', scores: number[]): AttributionMethod => ({
    id: `toy-${role}/7`,
    role,
    family: 'influence',
    claim: 'none',
    count: scores.length,
    score: async ({ gradient }) => Float64Array.from(scores, (s) => s * gradient[0]!),
  })
  const {
    methods: _,
    groupScores: __,
    sampleScores: ___,
    ...rest
  } = answerOf({
    groups: [[a], [b]],
    samples: owned(a, b),
    groupScores: new Float64Array(),
    sampleScores: new Float64Array(),
  })
  const call = {
    ...rest,
    query: { gradient: Float32Array.of(2) },
    group: toy('group', [1e-6, 3e-6]),
    sample: toy('sample', [1, 1]),
  }
  const record = await attributeAnswer(call)
  expect(record.method).toBe('toy-group/7+toy-sample/7')
  expect(record.payees.map((p) => [p.payee, p.scoreMicroNats, p.sharePpm])).toEqual([
    [b, 6, 750_000],
    [a, 2, 250_000],
  ])
  await expect(attributeAnswer({ ...call, group: call.sample })).rejects.toEqual(
    expect.objectContaining({ code: 'attribution/method-role' }),
  )
})

test('stored method ids are read back, and unknown or swapped ones are refused', () => {
  expect(readMethodIds('counterfactual-linear/1+hessian-free/1')).toEqual({
    group: 'counterfactual-linear/1',
    sample: 'hessian-free/1',
  })
  for (const method of [
    'hessian-free/1+counterfactual-linear/1',
    'counterfactual-linear/1',
    'counterfactual-linear/1+hessian-free/2',
    'toString+toString',
  ]) {
    expect(() => readMethodIds(method)).toThrow(expect.objectContaining({ code: 'attribution/unknown-method' }))
  }
})

test('1.5 µnats round to 2, -0.4 to a plain 0; NaN, an infinity and 1e10 nats are refused', () => {
  expect(toMicroNats(1.5e-6)).toBe(2)
  expect(Object.is(toMicroNats(-0.4e-6), 0)).toBe(true)
  for (const bad of [Number.NaN, Infinity, 1e10]) {
    expect(() => toMicroNats(bad)).toThrow(expect.objectContaining({ code: 'attribution/not-finite' }))
  }
})

test('a payee in two groups or in none, and a score too few, are refused', () => {
  const code = (what: string): unknown => expect.objectContaining({ code: `attribution/${what}` })
  expect(() => split([[a], [a]], [1, 1], owned(a), [1])).toThrow(code('payee-groups'))
  expect(() => split([[a]], [1], owned(b), [1])).toThrow(code('payee-groups'))
  expect(() => split([[a]], [1, 2], owned(a), [1])).toThrow(code('shape'))
  expect(() => split([[a]], [1], owned(a), [])).toThrow(code('shape'))
  expect(() => split([[a]], [1], owned(a), [Number.NaN])).toThrow(code('not-finite'))
})
