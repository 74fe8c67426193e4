import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PayeeId } from '../../kernel/index.ts'
import { divideByShares } from './divideByShares.ts'
import { noiseFloor } from './noiseFloor.ts'
import type { PayeeScore } from './ShareRule.ts'
import { shareRule, shareRules } from './shareRules.ts'

const id = (i: number) => `npm:payee-${String(i).padStart(2, '0')}` as PayeeId
const sampleScore = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -1_000_000, max: 1_000_000 }))

/** Payees of one to six samples, whose scores are the sums of their samples'. */
const payees = fc
  .array(fc.array(sampleScore, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 })
  .map((all) => all.map((scores, i) => scored(id(i), scores)))
const total = fc.oneof(fc.bigInt(0n, 50n), fc.bigInt(0n, 2n ** 200n))
const rules = fc.constantFrom(...shareRules.keys())

function scored(payee: PayeeId, sampleScoresMicroNats: number[]): PayeeScore {
  const scoreMicroNats = sampleScoresMicroNats.reduce((sum, score) => sum + score, 0)
  return { payee, scoreMicroNats, samples: sampleScoresMicroNats.length, sampleScoresMicroNats }
}

function divided(amount: bigint, rule: string, scores: readonly PayeeScore[], noiseFloorMicroNats = 0) {
  return divideByShares(amount, { shareRule: rule, noiseFloorMicroNats }, { payees: scores, groups: [] })
}

test('under every rule the parts and the pool are the amount to the wei, and no charge is larger than it (2,000 cases)', () => {
  fc.assert(
    fc.property(total, rules, payees, fc.nat(1000), (amount, rule, scores, floor) => {
      const { payees: parts, pool } = divided(amount, rule, scores, floor)
      expect(parts.reduce((sum, { part }) => sum + part, pool)).toBe(amount)
      expect(parts.every(({ part, charge }) => part >= 0n && charge >= 0n)).toBe(true)
      expect(parts.reduce((sum, { charge }) => sum + charge, 0n) <= amount).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('under every rule the order of payees does not matter (1,000 cases)', () => {
  fc.assert(
    fc.property(total, rules, payees, (amount, rule, scores) => {
      expect(divided(amount, rule, scores.toReversed())).toEqual(divided(amount, rule, scores))
    }),
    { numRuns: 1000 },
  )
})

test('under every rule but the affine one a payee whose sample is worth more is not paid less nor charged more (2,000 cases)', () => {
  fc.assert(
    fc.property(rules, payees, fc.nat(1e6), fc.nat(), (rule, scores, more, at) => {
      fc.pre(rule !== 'affine-per-sample/1')
      const i = at % scores.length
      const [first, ...rest] = scores[i]!.sampleScoresMicroNats!
      const better = scores.with(i, scored(scores[i]!.payee, [first! + more, ...rest]))
      const amount = 10n ** 30n
      const [before, after] = [divided(amount, rule, scores).payees[i]!, divided(amount, rule, better).payees[i]!]
      expect(after.part >= before.part).toBe(true)
      expect(after.charge <= before.charge).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

/** Payee 0 under one name for each of its samples, for scores that add up. */
const relabelled = ([first, ...rest]: readonly PayeeScore[]): PayeeScore[] => [
  ...rest,
  ...first!.sampleScoresMicroNats!.map((score, i) => scored(`npm:sybil-${i}` as PayeeId, [score])),
]

test('a name for each sample changes nothing under the rule by sample, and never pays less under the rule by payee (1,000 cases)', () => {
  fc.assert(
    fc.property(payees, (scores) => {
      const amount = 10n ** 30n
      const own = (rule: string, all: readonly PayeeScore[]) =>
        divided(amount, rule, all)
          .payees.filter(({ payee }) => payee === id(0) || payee.startsWith('npm:sybil'))
          .reduce((sum, { part }) => sum + part, 0n)
      const near = own('positive-per-sample/1', relabelled(scores)) - own('positive-per-sample/1', scores)
      expect(near > -10n && near < 10n).toBe(true)
      const gain = own('positive-per-payee/1', relabelled(scores)) - own('positive-per-payee/1', scores)
      expect(gain > -10n).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

test('under signed accounts credits less charges of all one’s names are no more than of one name, when it helped (1,000 cases)', () => {
  fc.assert(
    fc.property(payees, (scores) => {
      fc.pre(scores[0]!.scoreMicroNats > 0)
      const amount = 10n ** 30n
      const net = (all: readonly PayeeScore[]) =>
        divided(amount, 'signed-accounts/1', all)
          .payees.filter(({ payee }) => payee === id(0) || payee.startsWith('npm:sybil'))
          .reduce((sum, { part, charge }) => sum + part - charge, 0n)
      expect(net(relabelled(scores)) - net(scores) < 10n).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

const three = [scored(id(0), [30, -10, 0, 0]), scored(id(1), [-5]), scored(id(2), [5])]

test('scores 20, -5 and 5 of 4, 1 and 1 samples are shared as each rule says', () => {
  const parts = (rule: string) => {
    const { payees: found, pool } = divided(100n, rule, three)
    return [...found.map(({ part }) => part), pool]
  }
  expect(parts('positive-per-payee/1')).toEqual([80n, 0n, 20n, 0n])
  expect(parts('positive-per-sample/1')).toEqual([86n, 0n, 14n, 0n])
  // Allowance 5 a sample: 20 + 20, -5 + 5, 5 + 5.
  expect(parts('affine-per-sample/1')).toEqual([80n, 0n, 20n, 0n])
  expect(parts('signed-accounts/1')).toEqual([80n, 0n, 20n, 0n])
  expect(parts('positive-per-payee-of-4-samples/1')).toEqual([80n, 0n, 0n, 20n])
  expect(parts('signed-accounts-of-4-samples/1')).toEqual([80n, 0n, 0n, 20n])
  expect(divided(100n, 'signed-accounts/1', three).payees.map(({ charge }) => charge)).toEqual([0n, 20n, 0n])
})

test('signed accounts leave half to the pool where harm was twice the help, and charge nothing within the noise floor', () => {
  const scores = [scored(id(0), [50]), scored(id(1), [-100])]
  expect(divided(100n, 'signed-accounts/1', scores)).toEqual({
    payees: [
      { payee: id(0), part: 50n, charge: 0n },
      { payee: id(1), part: 0n, charge: 100n },
    ],
    pool: 50n,
  })
  expect(divided(100n, 'signed-accounts/1', scores, 100).payees.map(({ charge }) => charge)).toEqual([0n, 0n])
})

test('a rule that needs samples refuses scores without them', () => {
  const bare = { payees: [{ payee: id(0), scoreMicroNats: 1 }], noiseFloorMicroNats: 0, unassignedMicroNats: 0n }
  for (const rule of ['affine-per-sample/1', 'positive-per-sample/1', 'signed-accounts-of-4-samples/1']) {
    expect(() => shareRule(rule).weigh(bare)).toThrow(expect.objectContaining({ code: 'attribution/no-samples' }))
  }
})

test('scores of 10 and 14 under two seeds, and equal ones, have a floor of 2 · sqrt(4) = 4', () => {
  expect(
    noiseFloor([
      [10, 7],
      [14, 7],
    ]),
  ).toBe(4)
  expect(noiseFloor([[1], [1]])).toBe(0)
  for (const bad of [[[1]], [[1], [1, 2]], [[], []]])
    expect(() => noiseFloor(bad)).toThrow(expect.objectContaining({ code: 'attribution/seeds' }))
})
