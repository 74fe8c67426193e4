import fc from 'fast-check'
import { splitEpoch, type EpochSplit } from '../../../attribution/index.ts'
import type { PayeeId, RevenueRule } from '../../../kernel/index.ts'
import { accounts, epochBy, payeeAt, ruleBy, rulesWithAccounts, scored, type Epoch } from './epochs.ts'

export const earnedBy = (split: EpochSplit, payee: PayeeId): bigint =>
  split.payees.find((one) => one.payee === payee)?.earnedWei ?? 0n

/**
 * A wei where a rule pays by sample: a sample that harms less leaves its payee's weight and makes the pool's smaller, and by largest
 * remainder one whose weight stays can lose a wei when another's falls (the population paradox).
 */
export const slackOf = ({ shareRule }: RevenueRule): bigint => (shareRule === 'positive-per-sample/1' ? 1n : 0n)

export const grows = fc.record({ at: fc.nat(), payee: fc.nat(5), more: fc.oneof(fc.nat(20), fc.nat(2 ** 40)) })
type Growth = typeof grows extends fc.Arbitrary<infer Value> ? Value : never

type Paid = { before: bigint; after: bigint; slack: bigint }

/** What one payee is paid before and after one of its samples is worth more in one answer; undefined where there is no such payee. */
export function paidForMore({ receipts, before }: Epoch, { at, payee, more }: Growth): Paid | undefined {
  if (receipts.length === 0) return undefined
  const i = at % receipts.length
  const { payees } = receipts[i]!.attribution
  if (payees.length <= payee) return undefined
  const [first, ...rest] = payees[payee]!.sampleScoresMicroNats!
  const grown = payees.with(payee, scored(payeeAt(payee), [first! + more, ...rest]))
  const after = receipts.with(i, { ...receipts[i]!, attribution: { ...receipts[i]!.attribution, payees: grown } })
  const paid = (all: typeof receipts): bigint =>
    earnedBy(splitEpoch({ receipts: all, accounts, before }), payeeAt(payee))
  return { before: paid(receipts), after: paid(after), slack: slackOf(receipts[i]!.rule) }
}

/**
 * How often an epoch pays less for more score under rules with accounts, which do not claim otherwise: where one's gain makes an answer's
 * good larger, what another harmed there weighs less, and that other takes more of the epoch.
 */
export function lessForMore({ cases, seed }: { cases: number; seed: number }): number {
  const drawn = fc.tuple(epochBy(ruleBy([...rulesWithAccounts])), grows)
  let found = 0
  // In portions, for an epoch takes kilobytes.
  for (let from = 0; from < cases; from += 1_000) {
    for (const [epoch, growth] of fc.sample(drawn, { numRuns: Math.min(1_000, cases - from), seed: seed + from })) {
      const paid = paidForMore(epoch, growth)
      if (paid !== undefined && paid.after < paid.before) found++
    }
  }
  return found
}
