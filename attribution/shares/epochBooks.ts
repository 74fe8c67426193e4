import { TributaryError, type Digest, type PayeeId, type RevenueRule } from '../../kernel/index.ts'
import { capOf } from './capOf.ts'
import type { ScoresOfAnswer } from './divideByShares.ts'
import { settleAccounts, type Account } from './settleAccounts.ts'
import { maxWei } from './partsOfFee.ts'
import { provenanceRuleOf } from './provenanceRules.ts'
import { splitFee, type FeeSplit } from './splitFee.ts'

/**
 * A settled answer of the epoch: its fee, the rule that was in force, and its Attribution. `account` says with which other
 * answers its gains and losses are one account, of those by the same share rule: the adapter's digest, or one for all.
 * `pool` is whose money it is that nobody earned: one for all answers of an account.
 */
export type FeeOfReceipt = {
  receipt: Digest
  feeWei: bigint
  rule: RevenueRule
  attribution: ScoresOfAnswer
  account?: Digest
  pool?: string
}

/** What a payee's losses leave it owing in one account, for the next epoch. */
export type OwedWei = { account: string; payee: PayeeId; wei: bigint }

/** A payee's leaf: what this epoch adds and all that it ever earned. */
export type PayeeEarnings = { payee: PayeeId; earnedWei: bigint; cumulativeWei: bigint }

/** How a payee’s gains and losses of one account became money: for its statement. */
export type AccountLine = Account & {
  account: string
  payee: PayeeId
  owedBeforeWei: bigint
  paidWei: bigint
  owedWei: bigint
}

export type EpochSplit = {
  receivedWei: bigint
  /** To contributors, server and model owner. */
  paidWei: bigint
  /** The parts of it that the rules gave to the server and to the model owner; the rest is the contributors'. */
  serverWei: bigint
  modelOwnerWei: bigint
  treasuryWei: bigint
  /** What nobody could be shown to have earned, or was over a cap: it goes to the Datanets' pools. */
  poolWei: bigint
  /** The same, pool by pool, sorted; only those that get something. */
  pools: { pool: string; wei: bigint }[]
  /** Sorted by id: everybody who ever earned, also those who earned nothing now, for the tree replaces the last one. */
  payees: PayeeEarnings[]
  /** Sorted by account and payee: to be given to the next epoch. */
  owed: OwedWei[]
  /** Sorted the same way. A payee's earnings are its lines' `paidWei`, and serverWei and modelOwnerWei for those who are it. */
  accounts: AccountLine[]
}

export type EpochBooks = {
  /** Splits one fee and enters it. Receipts come in the order of their ids, each once. */
  add: (fee: FeeOfReceipt) => FeeSplit
  /** What the epoch pays, once all are entered. */
  close: () => EpochSplit
}

type Book = { accounts: Map<PayeeId, Account>; contributorsPpmWei: bigint; pool: string }

/**
 * The books of one epoch, which take its fees one by one: memory grows with payees and accounts, not with receipts.
 *
 *   receivedWei = paidWei + treasuryWei + poolWei,   paidWei = sum of earnedWei,   cumulativeWei = before + earnedWei
 *
 * Contributors are paid by settleAccounts, account by account; under a rule without debits that is the sum of their credits.
 * No payee gets more of an account than its cap (capOf); what is over it goes to the account's pool.
 * `accounts` name who the server and the model owner are; one who also contributed has one sum. `before` holds the cumulative
 * wei of the last finalised epoch, `owed` what it left owing. Exact and independent of the order of receipts. Cost: one splitFee a receipt.
 * Throws attribution/duplicate-receipt, attribution/overflow when a sum passes 2^256 - 1, and what splitFee throws.
 */
export function epochBooks({
  accounts,
  before = new Map(),
  owed = [],
}: {
  accounts: { server: PayeeId; modelOwner: PayeeId }
  before?: ReadonlyMap<PayeeId, bigint>
  owed?: readonly OwedWei[]
}): EpochBooks {
  const earned = new Map<PayeeId, bigint>([...before.keys()].map((payee) => [payee, 0n]))
  const pay = (payee: PayeeId, wei: bigint) => {
    if (wei > 0n) earned.set(payee, (earned.get(payee) ?? 0n) + wei)
  }
  const pools = new Map<string, bigint>()
  const leave = (pool: string, wei: bigint) => {
    if (wei > 0n) pools.set(pool, (pools.get(pool) ?? 0n) + wei)
  }
  const books = new Map<string, Book>(owed.map(({ account }) => [account, emptyBook('all')]))
  let last: Digest | undefined
  let [receivedWei, treasuryWei, serverWei, modelOwnerWei] = [0n, 0n, 0n, 0n]
  return {
    add: ({ receipt, feeWei, rule, attribution, account = 'all', pool = 'all' }) => {
      if (last !== undefined && receipt <= last) {
        refuse(
          'duplicate-receipt',
          { receipt, after: last },
          'count every settled receipt once, in the order of their ids',
        )
      }
      last = receipt
      const split = splitFee(feeWei, rule, attribution)
      receivedWei += feeWei
      treasuryWei += split.treasuryWei
      serverWei += split.serverWei
      modelOwnerWei += split.modelOwnerWei
      leave(pool, split.poolWei)
      // Money for words that are repeated and money for influence are never one account.
      const paidBy = (attribution.provenance && provenanceRuleOf(rule)?.id) ?? rule.shareRule
      const key = `${paidBy} ${account}`
      const book = books.get(key) ?? emptyBook(pool)
      books.set(key, book)
      book.pool = pool
      enter(book, split, rule)
      return split
    },
    close: () => {
      pay(accounts.server, serverWei)
      pay(accounts.modelOwner, modelOwnerWei)
      const owedNext: OwedWei[] = []
      const lines: AccountLine[] = []
      for (const [account, { accounts: book, contributorsPpmWei, pool }] of sortedByKey(books)) {
        const owedBefore = new Map(owed.flatMap((one) => (one.account === account ? [[one.payee, one.wei]] : [])))
        const settled = settleAccounts(book, owedBefore)
        const capWei = contributorsPpmWei / 1_000_000n
        for (const [payee, wei] of settled.paid) {
          const paid = wei < capWei ? wei : capWei
          pay(payee, paid)
          leave(pool, wei - paid)
        }
        leave(pool, settled.unpaidWei)
        for (const [payee, wei] of settled.owed) owedNext.push({ account, payee, wei })
        for (const payee of [...new Set([...book.keys(), ...owedBefore.keys()])].toSorted()) {
          const { creditWei, debitWei } = book.get(payee) ?? { creditWei: 0n, debitWei: 0n }
          const wei = settled.paid.get(payee) ?? 0n
          const [paidWei, owedWei] = [wei < capWei ? wei : capWei, settled.owed.get(payee) ?? 0n]
          const owedBeforeWei = owedBefore.get(payee) ?? 0n
          lines.push({ account, payee, creditWei, debitWei, owedBeforeWei, paidWei, owedWei })
        }
      }
      checkRange('receivedWei', receivedWei)
      const payees = sortedByKey(earned).map(([payee, earnedWei]) => {
        const cumulativeWei = checkRange(payee, (before.get(payee) ?? 0n) + earnedWei)
        return { payee, earnedWei, cumulativeWei }
      })
      const paidWei = payees.reduce((sum, { earnedWei }) => sum + earnedWei, 0n)
      return {
        receivedWei,
        paidWei,
        serverWei,
        modelOwnerWei,
        treasuryWei,
        poolWei: [...pools.values()].reduce((sum, wei) => sum + wei, 0n),
        pools: sortedByKey(pools).map(([pool, wei]) => ({ pool, wei })),
        payees,
        owed: owedNext,
        accounts: lines,
      }
    },
  }
}

const emptyBook = (pool: string): Book => ({ accounts: new Map(), contributorsPpmWei: 0n, pool })

function enter(book: Book, { payees, charges, poolWei }: FeeSplit, rule: RevenueRule): void {
  const of = (payee: PayeeId): Account => {
    const own = book.accounts.get(payee) ?? { creditWei: 0n, debitWei: 0n }
    book.accounts.set(payee, own)
    return own
  }
  let contributorsWei = poolWei
  for (const { payee, wei } of payees) {
    of(payee).creditWei += wei
    contributorsWei += wei
  }
  for (const { payee, wei } of charges) of(payee).debitWei += wei
  book.contributorsPpmWei += contributorsWei * capOf(rule)
}

function sortedByKey<Key extends string, Value>(map: ReadonlyMap<Key, Value>): [Key, Value][] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

function checkRange(what: string, wei: bigint): bigint {
  if (wei < 0n || wei > maxWei)
    refuse('overflow', { what, wei: wei.toString() }, 'no contract can hold it: check the fees')
  return wei
}

function refuse(what: 'duplicate-receipt' | 'overflow', facts: Record<string, string>, tryThis: string): never {
  throw new TributaryError('The fees of this epoch cannot be summed.', { code: `attribution/${what}`, facts, tryThis })
}
