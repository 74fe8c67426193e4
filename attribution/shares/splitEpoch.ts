import { TributaryError, type Digest, type PayeeId, type RevenueRule } from '../../kernel/index.ts'
import type { ScoresOfAnswer } from './divideByShares.ts'
import { settleAccounts, type Account } from './settleAccounts.ts'
import { maxWei, splitFee, type FeeSplit } from './splitFee.ts'

/**
 * A settled answer of the epoch: its fee, the rule that was in force, and its Attribution. `account` says with which other
 * answers its gains and losses are one account, of those by the same share rule: the adapter's digest, or one for all.
 */
export type FeeOfReceipt = {
  receipt: Digest
  feeWei: bigint
  rule: RevenueRule
  attribution: ScoresOfAnswer
  account?: Digest
}

/** What a payee's losses leave it owing in one account, for the next epoch. */
export type OwedWei = { account: string; payee: PayeeId; wei: bigint }

/** A payee's leaf: what this epoch adds and all that it ever earned. */
export type PayeeEarnings = { payee: PayeeId; earnedWei: bigint; cumulativeWei: bigint }

export type EpochSplit = {
  receivedWei: bigint
  /** To contributors, server and model owner. */
  paidWei: bigint
  treasuryWei: bigint
  /** What nobody could be shown to have earned: it stays in the Datanet's pool. */
  carriedWei: bigint
  /** Sorted by id: everybody who ever earned, also those who earned nothing now, for the tree replaces the last one. */
  payees: PayeeEarnings[]
  /** Sorted by receipt. Under a rule with accounts its payees are credits, and what they are paid is among `payees`. */
  receipts: { receipt: Digest; split: FeeSplit }[]
  /** Sorted by account and payee: to be given to the next epoch. */
  owed: OwedWei[]
}

/**
 * Sums the fees of an epoch to cumulative amounts for each payee.
 *
 *   receivedWei = paidWei + treasuryWei + carriedWei,   paidWei = sum of earnedWei,   cumulativeWei = before + earnedWei
 *
 * Contributors are paid by settleAccounts, account by account; under a rule without debits that is the sum of their credits.
 * `accounts` name who the server and the model owner are; one who also contributed has one sum. `before` holds the cumulative
 * wei of the last finalised epoch, `owed` what it left owing. Exact and independent of the order of receipts. Cost: one splitFee a receipt.
 * Throws attribution/duplicate-receipt, attribution/overflow when a sum passes 2^256 - 1, and what splitFee throws.
 */
export function splitEpoch({
  receipts,
  accounts,
  before = new Map(),
  owed = [],
}: {
  receipts: readonly FeeOfReceipt[]
  accounts: { server: PayeeId; modelOwner: PayeeId }
  before?: ReadonlyMap<PayeeId, bigint>
  owed?: readonly OwedWei[]
}): EpochSplit {
  const earned = new Map<PayeeId, bigint>([...before.keys()].map((payee) => [payee, 0n]))
  const pay = (payee: PayeeId, wei: bigint) => {
    if (wei > 0n) earned.set(payee, (earned.get(payee) ?? 0n) + wei)
  }
  const sorted = receipts.toSorted((a, b) => compare(a.receipt, b.receipt))
  const splits: EpochSplit['receipts'] = []
  let receivedWei = 0n
  let treasuryWei = 0n
  let carriedWei = 0n
  const books = new Map<string, Map<PayeeId, Account>>(owed.map(({ account }) => [account, new Map()]))
  for (const { receipt, feeWei, rule, attribution, account = 'all' } of sorted) {
    if (splits.at(-1)?.receipt === receipt) refuse('duplicate-receipt', { receipt }, 'count every settled receipt once')
    const split = splitFee(feeWei, rule, attribution)
    splits.push({ receipt, split })
    receivedWei += feeWei
    treasuryWei += split.treasuryWei
    carriedWei += split.poolWei
    pay(accounts.server, split.serverWei)
    pay(accounts.modelOwner, split.modelOwnerWei)
    enter(books, `${rule.shareRule} ${account}`, split)
  }
  const owedNext: OwedWei[] = []
  for (const [account, book] of [...books].toSorted(([a], [b]) => compare(a, b))) {
    const owedBefore = new Map(owed.flatMap((one) => (one.account === account ? [[one.payee, one.wei]] : [])))
    const settled = settleAccounts(book, owedBefore)
    for (const [payee, wei] of settled.paid) pay(payee, wei)
    carriedWei += settled.unpaidWei
    for (const [payee, wei] of settled.owed) owedNext.push({ account, payee, wei })
  }
  checkRange('receivedWei', receivedWei)
  const payees = [...earned].map(([payee, earnedWei]) => {
    const cumulativeWei = checkRange(payee, (before.get(payee) ?? 0n) + earnedWei)
    return { payee, earnedWei, cumulativeWei }
  })
  payees.sort((a, b) => compare(a.payee, b.payee))
  const paidWei = payees.reduce((sum, { earnedWei }) => sum + earnedWei, 0n)
  return { receivedWei, paidWei, treasuryWei, carriedWei, payees, receipts: splits, owed: owedNext }
}

function enter(books: Map<string, Map<PayeeId, Account>>, account: string, { payees, charges }: FeeSplit): void {
  const book = books.get(account) ?? new Map<PayeeId, Account>()
  books.set(account, book)
  const of = (payee: PayeeId): Account => {
    const own = book.get(payee) ?? { creditWei: 0n, debitWei: 0n }
    book.set(payee, own)
    return own
  }
  for (const { payee, wei } of payees) of(payee).creditWei += wei
  for (const { payee, wei } of charges) of(payee).debitWei += wei
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function checkRange(what: string, wei: bigint): bigint {
  if (wei < 0n || wei > maxWei)
    refuse('overflow', { what, wei: wei.toString() }, 'no contract can hold it: check the fees')
  return wei
}

function refuse(what: 'duplicate-receipt' | 'overflow', facts: Record<string, string>, tryThis: string): never {
  throw new TributaryError('The fees of this epoch cannot be summed.', { code: `attribution/${what}`, facts, tryThis })
}
