import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestText, ppmInteger, type Digest, type PayeeId, type RevenueRule } from '../../kernel/index.ts'
import { defaultRevenueRule, defaultRevenueRuleDigest } from './defaultRevenueRule.ts'
import type { ScoresOfAnswer } from './divideByShares.ts'
import type { FeeOfReceipt } from './epochBooks.ts'
import { splitEpoch } from './splitEpoch.ts'
import { maxWei } from './partsOfFee.ts'
import { splitFee, type FeeSplit } from './splitFee.ts'

const id = (i: number) => `npm:package-${i}` as PayeeId
const scoresOf = (...microNats: number[]): ScoresOfAnswer => {
  return { payees: microNats.map((scoreMicroNats, i) => ({ payee: id(i), scoreMicroNats })), groups: [] }
}
const paid = (split: FeeSplit, payee: PayeeId) => split.payees.find((p) => p.payee === payee)?.wei ?? 0n
const total = (split: FeeSplit) =>
  split.payees.reduce(
    (sum, { wei }) => sum + wei,
    split.treasuryWei + split.serverWei + split.modelOwnerWei + split.poolWei,
  )

const fee = fc.oneof(fc.bigInt(0n, 1000n), fc.bigInt(0n, 10n ** 18n), fc.bigInt(maxWei - 1000n, maxWei))
const score = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -1e7, max: 1e7 }), fc.maxSafeInteger())
const rule = fc
  .tuple(fc.nat(1_000_000), fc.nat(1_000_000), fc.nat(1_000_000), fc.nat(100))
  .map(([a, b, c, noiseFloorMicroNats]): RevenueRule => {
    const [x, y, z] = [a, b, c].toSorted((p, q) => p - q) as [number, number, number]
    const [treasuryPpm, serverPpm, modelOwnerPpm, contributorsPpm] = [x, y - x, z - y, 1_000_000 - z].map((n) =>
      ppmInteger.parse(n),
    )
    return {
      ...defaultRevenueRule,
      treasuryPpm: treasuryPpm!,
      serverPpm: serverPpm!,
      modelOwnerPpm: modelOwnerPpm!,
      contributorsPpm: contributorsPpm!,
      noiseFloorMicroNats,
    }
  })
const answer = fc.record({
  payees: fc.array(score, { maxLength: 10 }).map((scores) => scoresOf(...scores).payees),
  groups: fc.array(
    score.map((scoreMicroNats) => ({ scoreMicroNats })),
    { maxLength: 4 },
  ),
})

test('every fee is conserved to the wei and no part is negative (2,000 cases, fees up to 2^256 - 1)', () => {
  fc.assert(
    fc.property(fee, rule, answer, (feeWei, rules, scores) => {
      const split = splitFee(feeWei, rules, scores)
      expect(total(split)).toBe(feeWei)
      expect(split.payees.every(({ wei }) => wei > 0n)).toBe(true)
      expect([split.treasuryWei, split.serverWei, split.modelOwnerWei, split.poolWei].every((wei) => wei >= 0n)).toBe(
        true,
      )
    }),
    { numRuns: 2000 },
  )
})

test('the order of payees does not matter (2,000 cases)', () => {
  fc.assert(
    fc.property(fee, rule, answer, fc.infiniteStream(fc.nat()), (feeWei, rules, scores, keys) => {
      const keyed = scores.payees.map((payee) => ({ payee, key: keys.next().value! })).toSorted((a, b) => a.key - b.key)
      const shuffled = { ...scores, payees: keyed.map(({ payee }) => payee) }
      expect(splitFee(feeWei, rules, shuffled)).toEqual(splitFee(feeWei, rules, scores))
    }),
    { numRuns: 2000 },
  )
})

test('payees with equal scores differ by at most 1 wei, and a larger score never earns less (2,000 cases)', () => {
  fc.assert(
    fc.property(fee, rule, answer, (feeWei, rules, scores) => {
      const split = splitFee(feeWei, rules, scores)
      for (const a of scores.payees) {
        for (const b of scores.payees) {
          const more = paid(split, a.payee) - paid(split, b.payee)
          if (a.scoreMicroNats === b.scoreMicroNats) expect(more <= 1n).toBe(true)
          if (a.scoreMicroNats > b.scoreMicroNats) expect(more >= 0n).toBe(true)
        }
      }
    }),
    { numRuns: 2000 },
  )
})

test('a score that grows alone never earns less (2,000 cases)', () => {
  fc.assert(
    fc.property(fee, rule, answer, fc.nat(1e7), fc.nat(), (feeWei, rules, { payees }, more, at) => {
      fc.pre(payees.length > 0)
      const i = at % payees.length
      const scoreMicroNats = Math.min(Number.MAX_SAFE_INTEGER, payees[i]!.scoreMicroNats + more)
      const grown = payees.with(i, { ...payees[i]!, scoreMicroNats })
      const before = paid(splitFee(feeWei, rules, { payees, groups: [] }), payees[i]!.payee)
      expect(paid(splitFee(feeWei, rules, { payees: grown, groups: [] }), payees[i]!.payee) >= before).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('a payee within the noise floor, above or below zero, earns 0, and without it nobody else earns less (2,000 cases)', () => {
  fc.assert(
    fc.property(fee, rule, answer, fc.nat(1e6), (feeWei, rules, scores, below) => {
      const floor = rules.noiseFloorMicroNats
      const nobody = { payee: 'npm:nobody' as PayeeId, scoreMicroNats: Math.max(-floor, floor - below) }
      const withNobody = splitFee(feeWei, rules, { payees: [...scores.payees, nobody], groups: [] })
      expect(paid(withNobody, nobody.payee)).toBe(0n)
      if (nobody.scoreMicroNats <= 0) {
        expect(withNobody).toEqual(splitFee(feeWei, rules, { payees: scores.payees, groups: [] }))
      }
    }),
    { numRuns: 2000 },
  )
})

test('100,000 wei by the default rule are 5 % treasury, 15 % server, 10 % model owner, and 70 % by score 3 : 1; -50 is charged', () => {
  expect(splitFee(100_000n, defaultRevenueRule, scoresOf(300, -50, 100, 0))).toEqual({
    treasuryWei: 5_000n,
    serverWei: 15_000n,
    modelOwnerWei: 10_000n,
    payees: [
      { payee: id(0), wei: 52_500n },
      { payee: id(2), wei: 17_500n },
    ],
    charges: [{ payee: id(1), wei: 8_750n }],
    poolWei: 0n,
  })
})

test('1 wei goes to the contributors, and of 3 equal payees to the smallest id', () => {
  const split = splitFee(1n, defaultRevenueRule, scoresOf(7, 7, 7))
  expect(split).toMatchObject({
    treasuryWei: 0n,
    serverWei: 0n,
    modelOwnerWei: 0n,
    payees: [{ payee: id(0), wei: 1n }],
  })
})

test('without a positive score the pool gets all 70; a score of 20 under a floor of 20 leaves its fifth to the pool', () => {
  expect(splitFee(100n, defaultRevenueRule, scoresOf(0, -3))).toMatchObject({ payees: [], poolWei: 70n })
  expect(splitFee(100n, defaultRevenueRule, scoresOf())).toMatchObject({ payees: [], poolWei: 70n })
  const floored = splitFee(100n, { ...defaultRevenueRule, noiseFloorMicroNats: 20 }, scoresOf(80, 20))
  expect(floored).toMatchObject({ payees: [{ payee: id(0), wei: 56n }], poolWei: 14n })
})

test('a group score of 40 that nobody in the group earned sends 40 of 100 parts to the pool', () => {
  const groups = [{ scoreMicroNats: 60 }, { scoreMicroNats: 40 }, { scoreMicroNats: -10 }]
  const split = splitFee(1000n, defaultRevenueRule, { payees: scoresOf(60, 0, -10).payees, groups })
  expect(split).toMatchObject({ payees: [{ payee: id(0), wei: 420n }], poolWei: 280n })
})

test('2^256 wei, -1 wei, a rule of 999,999 ppm, an unknown share rule and a payee named twice are refused', () => {
  const code = (what: string): unknown => expect.objectContaining({ code: `attribution/${what}` })
  expect(total(splitFee(maxWei, defaultRevenueRule, scoresOf(1, 2)))).toBe(maxWei)
  expect(() => splitFee(maxWei + 1n, defaultRevenueRule, scoresOf(1))).toThrow(code('fee-range'))
  expect(() => splitFee(-1n, defaultRevenueRule, scoresOf(1))).toThrow(code('fee-range'))
  const short = { ...defaultRevenueRule, treasuryPpm: ppmInteger.parse(49_999) }
  expect(() => splitFee(1n, short, scoresOf(1))).toThrow(code('revenue-rule'))
  const unknown = JSON.parse(JSON.stringify({ ...defaultRevenueRule, shareRule: 'equal/1' })) as RevenueRule
  expect(() => splitFee(1n, unknown, scoresOf(1))).toThrow(code('unknown-share-rule'))
  const twice = { payees: [...scoresOf(1).payees, ...scoresOf(1).payees], groups: [] }
  expect(() => splitFee(1n, defaultRevenueRule, twice)).toThrow(code('duplicate-payee'))
})

test('the default rule keeps its digest: a changed document is a new rule', () => {
  expect(defaultRevenueRuleDigest).toBe('0xc626b8d5f63266cc6c2cb9690b6bba01b88740934431df5cf8e41017735dc2c7')
})

const accounts = { server: `0x${'5'.repeat(40)}` as PayeeId, modelOwner: `0x${'a'.repeat(40)}` as PayeeId }
const receiptOf = (i: number): Digest => digestText(`receipt ${i}`)

test('an epoch conserves every wei, adds to what was earned before, and does not depend on the order (500 epochs)', () => {
  const smallFee = fc.bigInt(0n, 10n ** 20n)
  const epoch = fc.array(fc.tuple(smallFee, rule, answer), { maxLength: 8 })
  const past = fc.array(fc.bigInt(0n, 10n ** 20n), { maxLength: 5 })
  fc.assert(
    fc.property(epoch, past, (fees, earned) => {
      const before = new Map(earned.map((wei, i) => [id(2 * i), wei]))
      const receipts = fees.map(([feeWei, rules, attribution], i): FeeOfReceipt => {
        return { receipt: receiptOf(i), feeWei, rule: rules, attribution }
      })
      const split = splitEpoch({ receipts, accounts, before })
      expect(split.receivedWei).toBe(fees.reduce((sum, [feeWei]) => sum + feeWei, 0n))
      expect(split.receivedWei).toBe(split.paidWei + split.treasuryWei + split.poolWei)
      expect(split.payees.reduce((sum, p) => sum + p.earnedWei, 0n)).toBe(split.paidWei)
      for (const p of split.payees) expect(p.cumulativeWei).toBe((before.get(p.payee) ?? 0n) + p.earnedWei)
      for (const payee of before.keys()) expect(split.payees.some((p) => p.payee === payee)).toBe(true)
      expect(splitEpoch({ receipts: receipts.toReversed(), accounts, before })).toEqual(split)
    }),
    { numRuns: 500 },
  )
})

test('two epochs one after the other end at the same cumulative wei as both at once', () => {
  const receipts = [0, 1, 2, 3].map((i): FeeOfReceipt => {
    return {
      receipt: receiptOf(i),
      feeWei: 1_001n * BigInt(i + 1),
      rule: defaultRevenueRule,
      attribution: scoresOf(i, 3, 7 * i),
    }
  })
  const cumulative = (split: ReturnType<typeof splitEpoch>) =>
    split.payees.map(({ payee, cumulativeWei }) => ({ payee, cumulativeWei }))
  const first = splitEpoch({ receipts: receipts.slice(0, 2), accounts })
  const before = new Map(first.payees.map((p) => [p.payee, p.cumulativeWei]))
  const second = splitEpoch({ receipts: receipts.slice(2), accounts, before })
  expect(cumulative(second)).toEqual(cumulative(splitEpoch({ receipts, accounts })))
})

test('a server that also owns the model and contributed has one leaf with all three parts', () => {
  const one = { server: id(0), modelOwner: id(0) }
  const receipts = [{ receipt: receiptOf(0), feeWei: 1000n, rule: defaultRevenueRule, attribution: scoresOf(1) }]
  expect(splitEpoch({ receipts, accounts: one }).payees).toEqual([
    { payee: id(0), earnedWei: 950n, cumulativeWei: 950n },
  ])
})

test('a receipt counted twice, fees past 2^256 - 1 together, and a payee whose sum passes it are refused', () => {
  const one = { receipt: receiptOf(0), feeWei: maxWei, rule: defaultRevenueRule, attribution: scoresOf(1) }
  const code = (what: string): unknown => expect.objectContaining({ code: `attribution/${what}` })
  expect(() => splitEpoch({ receipts: [one, one], accounts })).toThrow(code('duplicate-receipt'))
  expect(() => splitEpoch({ receipts: [one, { ...one, receipt: receiptOf(1), feeWei: 1n }], accounts })).toThrow(
    code('overflow'),
  )
  const small = [{ ...one, feeWei: 10n }]
  expect(() => splitEpoch({ receipts: small, accounts, before: new Map([[id(0), maxWei - 6n]]) })).toThrow(
    code('overflow'),
  )
  expect(
    splitEpoch({ receipts: small, accounts, before: new Map([[id(0), maxWei - 7n]]) }).payees.find(
      (p) => p.payee === id(0),
    ),
  ).toMatchObject({ cumulativeWei: maxWei })
  expect(() => splitEpoch({ receipts: [], accounts, before: new Map([[id(0), -1n]]) })).toThrow(code('overflow'))
})
