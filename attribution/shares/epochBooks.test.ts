import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestText, ppmInteger, type PayeeId, type RevenueRule } from '../../kernel/index.ts'
import { defaultRevenueRule } from './defaultRevenueRule.ts'
import { epochBooks, type EpochSplit, type FeeOfReceipt } from './epochBooks.ts'
import { splitEpoch } from './splitEpoch.ts'

const id = (i: number) => `npm:package-${i}` as PayeeId
const accounts = { server: `0x${'5'.repeat(40)}` as PayeeId, modelOwner: `0x${'a'.repeat(40)}` as PayeeId }
const roles = new Set<PayeeId>(Object.values(accounts))

const capped = (payeeCapPpm: number, shareRule = 'signed-accounts/1'): RevenueRule => {
  if (defaultRevenueRule.v === 1) throw new Error('the default rule has no shape to add a cap to')
  return { ...defaultRevenueRule, v: 3, shareRule, payeeCapPpm: ppmInteger.parse(payeeCapPpm) }
}
const feeOf = (
  name: string,
  feeWei: bigint,
  rule: RevenueRule,
  scores: readonly number[],
  pool = 'rivers',
): FeeOfReceipt => {
  const payees = scores.map((scoreMicroNats, i) => ({ payee: id(i), scoreMicroNats }))
  return {
    receipt: digestText(name),
    feeWei,
    rule,
    attribution: { payees, groups: [] },
    pool,
    account: digestText(pool),
  }
}
const contributed = (split: EpochSplit) => split.payees.filter(({ payee }) => !roles.has(payee))
const earned = (split: EpochSplit, payee: PayeeId) => split.payees.find((one) => one.payee === payee)?.earnedWei ?? 0n

const fees = fc.array(
  fc.tuple(fc.bigInt(0n, 10n ** 20n), fc.array(fc.integer({ min: -50, max: 90 }), { maxLength: 6 }), fc.nat(1)),
  { maxLength: 6 },
)
const cap = fc.integer({ min: 1, max: 1_000_000 })
const shareRules = fc.constantFrom('signed-accounts/1', 'positive-per-payee/1')

test('with any cap every wei is paid or in a pool, and no payee gets more than the cap of an account (2,000 epochs)', () => {
  fc.assert(
    fc.property(fees, cap, shareRules, (all, payeeCapPpm, shareRule) => {
      const rule = capped(payeeCapPpm, shareRule)
      const receipts = all.map(([wei, scores], i) => feeOf(`${i}`, wei, rule, scores))
      const split = splitEpoch({ receipts, accounts })
      expect(split.paidWei + split.treasuryWei + split.poolWei).toBe(split.receivedWei)
      expect(split.pools.reduce((sum, { wei }) => sum + wei, 0n)).toBe(split.poolWei)
      const contributorsWei = split.receivedWei - split.treasuryWei - split.serverWei - split.modelOwnerWei
      for (const { earnedWei } of contributed(split))
        expect(earnedWei * 1_000_000n <= contributorsWei * BigInt(payeeCapPpm)).toBe(true)
      expect(contributed(split).reduce((sum, { earnedWei }) => sum + earnedWei, 0n) + split.poolWei).toBe(
        contributorsWei,
      )
    }),
    { numRuns: 2000 },
  )
})

test('a cap takes from nobody below it: each gets the smaller of its pay without a cap and the cap (1,000 epochs)', () => {
  fc.assert(
    fc.property(fees, cap, shareRules, (all, payeeCapPpm, shareRule) => {
      const by = (rule: RevenueRule) =>
        splitEpoch({ receipts: all.map(([wei, scores], i) => feeOf(`${i}`, wei, rule, scores)), accounts })
      const [free, held] = [by(capped(1_000_000, shareRule)), by(capped(payeeCapPpm, shareRule))]
      const contributorsWei = free.receivedWei - free.treasuryWei - free.serverWei - free.modelOwnerWei
      const capWei = (contributorsWei * BigInt(payeeCapPpm)) / 1_000_000n
      for (const { payee, earnedWei } of contributed(free))
        expect(earned(held, payee)).toBe(earnedWei < capWei ? earnedWei : capWei)
      expect(held.owed).toEqual(free.owed)
    }),
    { numRuns: 1000 },
  )
})

test('under a cap more score never pays less (1,000 cases, by the sum of scores of each answer)', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(100), { minLength: 2, maxLength: 6 }),
      cap,
      fc.nat(100),
      (scores, payeeCapPpm, more) => {
        const of = (first: number) =>
          earned(
            splitEpoch({
              receipts: [feeOf('one', 10n ** 18n, capped(payeeCapPpm, 'positive-per-payee/1'), scores.with(0, first))],
              accounts,
            }),
            id(0),
          )
        expect(of(scores[0]! + more) >= of(scores[0]!)).toBe(true)
      },
    ),
    { numRuns: 1000 },
  )
})

test('a cap of 10 % pays a sole earner 70 of 1,000, under two names 140, under ten all 700: it invites names', () => {
  const paid = (names: number) =>
    splitEpoch({ receipts: [feeOf('one', 1000n, capped(100_000), Array(names).fill(5))], accounts })
  const sums = [1, 2, 10].map((names) => contributed(paid(names)).reduce((sum, { earnedWei }) => sum + earnedWei, 0n))
  expect(sums).toEqual([70n, 140n, 700n])
  expect(paid(1).pools).toEqual([{ pool: 'rivers', wei: 630n }])
})

test('a rule without a cap, v 2 or v 3 of 1,000,000 ppm, gives the same epoch', () => {
  const of = (rule: RevenueRule) => splitEpoch({ receipts: [feeOf('one', 1000n, rule, [3, -1, 4])], accounts })
  expect(of(capped(1_000_000))).toEqual(of(defaultRevenueRule))
})

test('answers of one account sold by rules with caps of 10 % and none are capped by the sum: 70 + 700 of 1,400', () => {
  const receipts = [feeOf('a', 1000n, capped(100_000), [5]), feeOf('b', 1000n, defaultRevenueRule, [5])]
  const split = splitEpoch({ receipts, accounts })
  expect([earned(split, id(0)), split.poolWei]).toEqual([770n, 630n])
})

test('money that nobody earned stays apart by pool, and what is over a cap goes to the pool of its account', () => {
  const rule = capped(500_000)
  const receipts = [feeOf('a', 1000n, rule, [5], 'rivers'), feeOf('b', 500n, rule, [], 'lakes')]
  expect(splitEpoch({ receipts, accounts }).pools).toEqual([
    { pool: 'lakes', wei: 350n },
    { pool: 'rivers', wei: 350n },
  ])
})

test('the books refuse a receipt that does not come after the last one', () => {
  const { add } = epochBooks({ accounts })
  const [first, second] = [feeOf('a', 1n, defaultRevenueRule, []), feeOf('b', 1n, defaultRevenueRule, [])].toSorted(
    (a, b) => (a.receipt < b.receipt ? -1 : 1),
  )
  add(second!)
  for (const again of [second!, first!])
    expect(() => add(again)).toThrow(expect.objectContaining({ code: 'attribution/duplicate-receipt' }))
})
