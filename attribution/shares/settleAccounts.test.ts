import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestText, type PayeeId } from '../../kernel/index.ts'
import { defaultRevenueRule } from './defaultRevenueRule.ts'
import { settleAccounts, type Account } from './settleAccounts.ts'
import type { FeeOfReceipt } from './epochBooks.ts'
import { splitEpoch } from './splitEpoch.ts'

const id = (i: number) => `npm:payee-${i}` as PayeeId
const wei = fc.oneof(fc.bigInt(0n, 9n), fc.bigInt(0n, 10n ** 20n))
const accounts = fc
  .array(fc.tuple(wei, wei), { maxLength: 8 })
  .map((all) => new Map(all.map(([creditWei, debitWei], i): [PayeeId, Account] => [id(i), { creditWei, debitWei }])))
const owed = fc.array(fc.tuple(fc.nat(9), wei), { maxLength: 4 }).map((all) => new Map(all.map(([i, w]) => [id(i), w])))
const sum = (parts: Iterable<bigint>) => [...parts].reduce((total, part) => total + part, 0n)

test('credits are paid out or left to the wei, and owing falls by what is set against it (2,000 cases)', () => {
  fc.assert(
    fc.property(accounts, owed, (book, before) => {
      const { paid, unpaidWei, owed: after } = settleAccounts(book, before)
      expect(sum(paid.values()) + unpaidWei).toBe(sum([...book.values()].map(({ creditWei }) => creditWei)))
      for (const payee of paid.keys()) expect(after.has(payee)).toBe(false)
      for (const [payee, { creditWei, debitWei }] of book) {
        const net = creditWei - debitWei - (before.get(payee) ?? 0n)
        expect(after.get(payee) ?? 0n).toBe(net < 0n ? -net : 0n)
      }
      const reversed = new Map([...book].toReversed())
      expect(settleAccounts(reversed, before).paid).toEqual(paid)
    }),
    { numRuns: 2000 },
  )
})

test('one who gains more, or loses less, is not paid less (2,000 cases)', () => {
  fc.assert(
    fc.property(accounts, wei, fc.boolean(), (book, more, gain) => {
      fc.pre(book.size > 0)
      const own = book.get(id(0))!
      const less = own.debitWei > more ? own.debitWei - more : 0n
      const better = gain ? { ...own, creditWei: own.creditWei + more } : { ...own, debitWei: less }
      const before = settleAccounts(book).paid.get(id(0)) ?? 0n
      const after = settleAccounts(new Map(book).set(id(0), better)).paid.get(id(0)) ?? 0n
      expect(after >= before).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('a name cut into equal parts earns the same together, to a wei a part (1,000 cases)', () => {
  fc.assert(
    fc.property(accounts, fc.integer({ min: 2, max: 5 }), (book, n) => {
      fc.pre(book.size > 0)
      const scaled = new Map(
        [...book].map(([payee, own]): [PayeeId, Account] => [
          payee,
          { creditWei: own.creditWei * BigInt(n), debitWei: own.debitWei * BigInt(n) },
        ]),
      )
      const cut = new Map(scaled)
      cut.delete(id(0))
      for (let i = 0; i < n; i++) cut.set(`npm:part-${i}` as PayeeId, book.get(id(0))!)
      const whole = settleAccounts(scaled).paid.get(id(0)) ?? 0n
      const parts = sum([...settleAccounts(cut).paid].flatMap(([p, w]) => (p.startsWith('npm:part') ? [w] : [])))
      const apart = parts - whole
      expect(apart >= -BigInt(n) && apart <= BigInt(n)).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

test('a loss is carried: 30 owed against gains of 20 pays nothing and leaves 10; the others get the 20', () => {
  const book = new Map([
    [id(0), { creditWei: 20n, debitWei: 0n }],
    [id(1), { creditWei: 80n, debitWei: 10n }],
  ])
  const settled = settleAccounts(book, new Map([[id(0), 30n]]))
  expect(settled).toEqual({ paid: new Map([[id(1), 100n]]), unpaidWei: 0n, owed: new Map([[id(0), 10n]]) })
  expect(
    settleAccounts(
      book,
      new Map([
        [id(0), 30n],
        [id(1), 99n],
      ]),
    ),
  ).toMatchObject({ unpaidWei: 100n })
})

const rule = { ...defaultRevenueRule, shareRule: 'signed-accounts/1' as const }
const receipt = (name: string, scores: readonly number[], account?: string): FeeOfReceipt => ({
  receipt: digestText(name),
  feeWei: 1000n,
  rule: { ...rule, v: 2 } as FeeOfReceipt['rule'],
  attribution: { payees: scores.map((scoreMicroNats, i) => ({ payee: id(i), scoreMicroNats })), groups: [] },
  ...(account ? { account: digestText(account) } : {}),
})
const server = `0x${'5'.repeat(40)}` as PayeeId
const earned = (split: ReturnType<typeof splitEpoch>, i: number) =>
  split.payees.find(({ payee }) => payee === id(i))?.earnedWei ?? 0n

test('what an epoch pays is net: helping one answer and harming another as much earns nothing, in one account', () => {
  const of = (receipts: FeeOfReceipt[], before?: ReturnType<typeof splitEpoch>) =>
    splitEpoch({ receipts, accounts: { server, modelOwner: server }, ...(before ? { owed: before.owed } : {}) })
  const one = of([receipt('a', [50, 50]), receipt('b', [-50, 50])])
  // 700 of each fee: payee 0 is credited 350 and charged 700, payee 1 is credited 350 and 700.
  expect([earned(one, 0), earned(one, 1)]).toEqual([0n, 1400n])
  expect(one.owed.map(({ payee, wei: left }) => [payee, left])).toEqual([[id(0), 350n]])
  expect(one.receivedWei).toBe(one.paidWei + one.treasuryWei + one.poolWei)
  const next = of([receipt('c', [50, 50])], one)
  expect([earned(next, 0), earned(next, 1), next.owed.length]).toEqual([0n, 700n, 0])
  const apart = of([receipt('a', [50, 50], 'x'), receipt('b', [-50, 50], 'y')])
  expect([earned(apart, 0), earned(apart, 1)]).toEqual([350n, 1050n])
})
