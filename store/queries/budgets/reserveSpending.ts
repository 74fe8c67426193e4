import { digestOf, TributaryError } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import type { Queryable } from '../../store.ts'
import { transaction } from '../../transaction.ts'
import type { SignLine } from '../traces/appendTrace.ts'
import { budgetLine } from './budgetLine.ts'
import { countSpending, openBuckets, type Check, type Counted, type SpendingToCount } from './countSpending.ts'
import { findSpending } from './findSpending.ts'
import { moveSpending } from './moveSpending.ts'
import type { Spending } from './spendingBuckets.ts'

export type SpendingRequest = Pick<
  Spending,
  'key' | 'wallet' | 'asset' | 'agent' | 'run' | 'counterparty' | 'kind' | 'amountWei'
> & {
  within?: string
  scheme?: string
  /** Most that the caller pays for this one. */
  callLimitWei?: bigint
  expiresAtMs: number
  atMs: number
  sign: SignLine
}

export type Verdict =
  | { allowed: true; spending: Spending; checks: Check[] }
  | { allowed: false; code: DenyCode; checks: Check[] }

export type DenyCode = `budget/per-${'payment' | 'approval' | 'run' | 'day' | 'counterparty'}` | 'budget/total' | 'budget/approval-used' // prettier-ignore

/** An amount of which several still have a sum that the counters hold; an unlimited approval is far over it. */
export const mostWei = 2n ** 128n

/**
 * Reserves an amount against every limit that binds it, and leaves a signed line that says so, or says why not; both in
 * one transaction. Called again with its key it finds the same reservation and counts nothing again.
 * Cost: about 5 ms. Throws budget/unlimited, budget/other-call, store/conflict (retry).
 */
export const reserveSpending = defineQuery(
  'reserveSpending',
  async (store: Queryable, request: SpendingRequest): Promise<Verdict> => {
    const { sign, callLimitWei, ...facts } = request
    if (facts.amountWei < 0n || facts.amountWei >= mostWei) throw unlimited(facts)
    const approval = facts.within === undefined ? undefined : await findSpending(store, { key: facts.within })
    const wanted: SpendingToCount = {
      ...facts,
      wallet: facts.wallet.toLowerCase() as Spending['wallet'],
      asset: facts.asset.toLowerCase() as Spending['asset'],
      counterparty: facts.counterparty.toLowerCase() as Spending['counterparty'],
      day: dayOf(facts.atMs),
      within: facts.within ?? null,
      scheme: facts.scheme ?? null,
      nonce: null,
      validBeforeMs: null,
      tx: null,
      reservedAtMs: facts.atMs,
      approval,
      callLimitWei,
    }
    for (let tries = 0; tries < 5; tries++) {
      const verdict = await transaction(store, (tx) => attempt(tx, wanted, sign))
      if (verdict !== 'no counters') return verdict
      await openBuckets(store, wanted)
    }
    throw new TributaryError('The counters of this budget can’t be written.', {
      code: 'store/conflict',
      facts: { key: facts.key },
      tryThis: 'call again',
      retry: true,
    })
  },
)

async function attempt(tx: Queryable, wanted: SpendingToCount, sign: SignLine): Promise<Verdict | 'no counters'> {
  const before = await findSpending(tx, { key: wanted.key })
  if (before && before.state !== 'released') {
    const same =
      before.wallet === wanted.wallet &&
      before.counterparty === wanted.counterparty &&
      before.amountWei === wanted.amountWei &&
      before.kind === wanted.kind &&
      before.within === wanted.within
    if (same || before.state === 'spent') return { allowed: true, spending: before, checks: [] }
    // What is signed can be charged as it stands; another amount under its key would not be counted.
    if (before.state === 'signed') throw otherCall(before, wanted)
    await release(tx, before, wanted, sign)
  }
  const counted = await countSpending(tx, wanted)
  if (counted.missing > 0) return 'no counters'
  const spending = await findSpending(tx, { key: wanted.key })
  // Another call with this key came first: it is the same reservation.
  if (!counted.kept && spending && spending.state !== 'released') {
    return { allowed: true, spending, checks: counted.checks }
  }
  const code = counted.kept ? undefined : denialOf(counted)
  const { key, wallet, asset } = wanted
  const body = lineBody(wanted, counted.checks, code)
  const name = code === undefined ? `${spending?.attempt ?? 1}/allow` : `deny/${digestOf(body)}`
  await budgetLine(tx, { key, wallet, asset, name, kind: code === undefined ? 'allow' : 'deny', body }, sign)
  if (code !== undefined) return { allowed: false, code, checks: counted.checks }
  return { allowed: true, spending: spending as Spending, checks: counted.checks }
}

async function release(
  tx: Queryable,
  old: Spending,
  { atMs, reservedAtMs }: { atMs?: number; reservedAtMs: number },
  sign: SignLine,
) {
  // prettier-ignore
  const reason = 'budget/changed'
  const approval = old.within === null ? undefined : await findSpending(tx, { key: old.within })
  const ending = { from: ['reserved'] as const, to: 'released' as const, spentWei: 0n, reason, tx: null, atMs: atMs ?? reservedAtMs } // prettier-ignore
  if (!(await moveSpending(tx, old, approval, ending))) return
  const body = { attempt: old.attempt, reason, releasedWei: `${old.amountWei}`, spentWei: '0' }
  await budgetLine(tx, { ...old, name: `${old.attempt}/release`, kind: 'release', body }, sign)
}

/** The day in UTC, as limits of a day are counted. */
function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}

function lineBody(wanted: SpendingToCount, checks: readonly Check[], code: DenyCode | undefined) {
  const { agent, run, day, counterparty, kind, within, scheme, amountWei } = wanted
  return {
    agent,
    run,
    day,
    counterparty,
    of: kind,
    within,
    scheme,
    amountWei: `${amountWei}`,
    checks: checks.map(({ over, ...check }) => ({ ...check, holds: !over })),
    code: code ?? null,
  }
}

function denialOf({ checks }: Counted): DenyCode {
  const over = checks.find((check) => check.over)
  if (over === undefined) return 'budget/approval-used'
  return over.scope === 'total' ? 'budget/total' : `budget/per-${over.scope}`
}

function unlimited({ key, amountWei }: Pick<Spending, 'key' | 'amountWei'>): TributaryError {
  return new TributaryError('An amount without a bound can’t be counted against a budget.', {
    code: 'budget/unlimited',
    facts: { key, amountWei: String(amountWei), mostWei: String(mostWei) },
    tryThis: 'approve what the next payments need, not everything',
  })
}

function otherCall(before: Spending, { amountWei, counterparty }: SpendingToCount): TributaryError {
  return new TributaryError('Under this key another payment was signed, which can still be charged.', {
    code: 'budget/other-call',
    facts: {
      key: before.key,
      signedWei: String(before.amountWei),
      askedWei: String(amountWei),
      signedFor: before.counterparty,
      askedFor: counterparty,
    },
    tryThis: 'send the signed payment again, or use another key for another purchase',
  })
}
