import fc from 'fast-check'
import { digestText, type Address, type Digest } from '../../kernel/index.ts'
import { budgetOf } from '../queries/budgets/budgetOf.ts'
import { releaseSpending, settleSpending } from '../queries/budgets/closeSpending.ts'
import { reserveSpending, type SpendingRequest } from '../queries/budgets/reserveSpending.ts'
import { setLimits, type Limit } from '../queries/budgets/setLimits.ts'
import { spendingsOf } from '../queries/budgets/spendingsOf.ts'
import { listTrace } from '../queries/traces/listTrace.ts'
import type { Store } from '../store.ts'

const asset: Limit['asset'] = `eip155:31337/erc20:0x${'0a'.repeat(20)}`
export const sign = async (digest: Digest) => ({ signature: `signed ${digest}`, signer: walletOf('signer') })
export const atMs = Date.UTC(2026, 10, 29, 12)
export const walletOf = (name: string) => digestText(name).slice(0, 42) as Address
export const payTo = walletOf('seller')

export const request = (wallet: Address, key: string, more: Partial<SpendingRequest> = {}): SpendingRequest => ({
  key: `${wallet}/${key}`,
  wallet,
  asset,
  agent: 'buyer',
  run: 'run 1',
  counterparty: payTo,
  kind: 'payment',
  amountWei: 10n,
  expiresAtMs: atMs + 600_000,
  atMs,
  sign,
  ...more,
})

export const limit = (wallet: Address, scope: Limit['scope'], limitWei: bigint, more: Partial<Limit> = {}) => ({
  wallet,
  asset,
  agent: '',
  scope,
  bucket: '',
  setBy: 'operator' as const,
  limitWei,
  atMs,
  ...more,
})

/** What must hold of a wallet at any time: each counter is the sum of its spendings, and none is over a limit. */
export async function books(store: Store, wallet: Address) {
  const { limits, uses } = await budgetOf(store, { wallet })
  const all = await spendingsOf(store, { wallet, states: ['reserved', 'signed', 'spent', 'released'] })
  const reservedWei = all.filter(({ state }) => state === 'reserved' || state === 'signed').reduce((sum, s) => sum + s.amountWei, 0n) // prettier-ignore
  const spentWei = all.reduce((sum, s) => sum + s.spentWei, 0n)
  const total = uses.find(({ scope, agent }) => scope === 'total' && agent === '')
  const over = limits.flatMap((l) =>
    uses
      .filter((u) => u.scope === l.scope && u.agent === l.agent && ['', u.bucket].includes(l.bucket))
      .filter((u) => u.reservedWei + u.spentWei > l.limitWei),
  )
  return { reservedWei, spentWei, total, over, uses, all }
}

/** All that was ever reserved, by the signed lines. */
export async function allowedWei(store: Store, wallet: Address): Promise<bigint> {
  const lines = await listTrace(store, { subject: `budget/${wallet}` })
  const allowed = lines.filter(({ kind }) => kind === 'budget/allow')
  return allowed.reduce((sum, { body }) => sum + BigInt((JSON.parse(body) as { amountWei: string }).amountWei), 0n)
}

/** 200 reservations at once, over as many connections as there are stores; then each is settled, released or left. */
export async function storm(stores: readonly Store[], wallet: Address, seed: number) {
  const random = fc.sample(
    fc.record({
      amountWei: fc.bigInt(1n, 40n),
      run: fc.constantFrom('run 1', 'run 2', 'run 3'),
      agent: fc.constantFrom('', 'buyer', 'other'),
      counterparty: fc.constantFrom(payTo, walletOf('b'), walletOf('c')),
      // Some keys come twice: a step that is retried while its first attempt is under way.
      key: fc.integer({ min: 0, max: 180 }).map((n) => `step ${n}`),
      day: fc.constantFrom(0, 86_400_000),
      end: fc.constantFrom('settle', 'part', 'release', 'leave'),
    }),
    { numRuns: 200, seed },
  )
  const first = new Map<string, (typeof random)[number]>()
  for (const one of random) if (!first.has(one.key)) first.set(one.key, one)
  const asked = random.map(({ key }) => first.get(key)!)
  await setLimits(stores[0]!, {
    sign,
    limits: [
      limit(wallet, 'total', 900n),
      limit(wallet, 'run', 400n),
      limit(wallet, 'day', 600n),
      limit(wallet, 'counterparty', 350n),
      limit(wallet, 'payment', 35n),
      limit(wallet, 'run', 200n, { agent: 'buyer' }),
      limit(wallet, 'run', 111n, { bucket: 'run 2', setBy: 'run' }),
    ],
  })
  const verdicts = await Promise.all(
    asked.map(async ({ key, day, end, ...more }, i) => {
      const store = stores[i % stores.length]!
      const verdict = await reserveSpending(store, request(wallet, key, { ...more, atMs: atMs + day }))
      if (!verdict.allowed) return verdict.code
      const at = { key: verdict.spending.key, reason: 'test', atMs, sign }
      if (end === 'settle') await settleSpending(store, { ...at, spentWei: more.amountWei })
      if (end === 'part') await settleSpending(store, { ...at, spentWei: more.amountWei / 2n })
      if (end === 'release') await releaseSpending(store, at)
      return 'allowed'
    }),
  )
  return { verdicts, distinct: first.size }
}
