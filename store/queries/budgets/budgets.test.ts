import fc from 'fast-check'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestText, findError, type Address, type Digest } from '../../../kernel/index.ts'
import { openStore } from '../../openStore.ts'
import type { Store } from '../../store.ts'
import { codeOf } from '../../testing/codeOf.ts'
import { openScratchDatabase } from '../../testing/openScratchDatabase.ts'
import { describeOnBoth } from '../../testing/openTestStores.ts'
import { listTrace } from '../traces/listTrace.ts'
import { budgetOf } from './budgetOf.ts'
import { releaseSpending, settleSpending } from './closeSpending.ts'
import { findSpending } from './findSpending.ts'
import { markSigned } from './markSigned.ts'
import { reserveSpending, type SpendingRequest } from './reserveSpending.ts'
import { setLimits, type Limit } from './setLimits.ts'
import { spendingsOf } from './spendingsOf.ts'

const asset: Limit['asset'] = `eip155:31337/erc20:0x${'0a'.repeat(20)}`
const sign = async (digest: Digest) => ({ signature: `signed ${digest}`, signer: walletOf('signer') })
const atMs = Date.UTC(2026, 10, 29, 12)
const walletOf = (name: string) => digestText(name).slice(0, 42) as Address
const payTo = walletOf('seller')

const request = (wallet: Address, key: string, more: Partial<SpendingRequest> = {}): SpendingRequest => ({
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

const limit = (wallet: Address, scope: Limit['scope'], limitWei: bigint, more: Partial<Limit> = {}) => ({
  ...{ wallet, asset, agent: '', scope, bucket: '', setBy: 'operator' as const, limitWei, atMs },
  ...more,
})

/** What must hold of a wallet at any time: each counter is the sum of its spendings, and none is over a limit. */
async function books(store: Store, wallet: Address) {
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
async function allowedWei(store: Store, wallet: Address): Promise<bigint> {
  const lines = await listTrace(store, { subject: `budget/${wallet}` })
  const allowed = lines.filter(({ kind }) => kind === 'budget/allow')
  return allowed.reduce((sum, { body }) => sum + BigInt((JSON.parse(body) as { amountWei: string }).amountWei), 0n)
}

/** 200 reservations at once, over as many connections as there are stores; then each is settled, released or left. */
async function storm(stores: readonly Store[], wallet: Address, seed: number) {
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

describeOnBoth('budgets', ({ open }) => {
  let store: Store
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store.close())

  test.each([1, 2])(
    '200 reservations at once pass no limit of 7, and reserved, spent and released add up (draw %i)',
    async (seed) => {
      const wallet = walletOf(`storm ${seed}`)
      const { verdicts } = await storm([store], wallet, seed)
      const { total, reservedWei, spentWei, over, uses } = await books(store, wallet)
      expect(over).toEqual([])
      expect(total).toMatchObject({ reservedWei, spentWei })
      expect(total!.reservedWei + total!.spentWei + total!.releasedWei).toBe(await allowedWei(store, wallet))
      for (const { reservedWei: r, spentWei: s, releasedWei: f } of uses) expect([r, s, f].every((n) => n >= 0n)).toBe(true) // prettier-ignore
      expect(verdicts.filter((verdict) => verdict === 'allowed').length).toBeGreaterThan(30)
      expect(new Set(verdicts).size).toBeGreaterThanOrEqual(3)
    },
  )

  test('a limit is met exactly: 3 of 10 wei fit into 30, the fourth is refused and says what there was before', async () => {
    const wallet = walletOf('exact')
    await setLimits(store, { sign, limits: [limit(wallet, 'day', 30n)] })
    const verdicts = []
    for (const key of ['a', 'b', 'c', 'd']) verdicts.push(await reserveSpending(store, request(wallet, key)))
    expect(verdicts.map(({ allowed }) => allowed)).toEqual([true, true, true, false])
    expect(verdicts[3]).toMatchObject({
      code: 'budget/per-day',
      checks: [{ scope: 'day', bucket: '2026-11-29', limitWei: '30', beforeWei: '30', afterWei: '40', over: true }],
    })
    // The next day is another bucket, and what is released is free again.
    expect(await reserveSpending(store, request(wallet, 'e', { atMs: atMs + 86_400_000 }))).toMatchObject({ allowed: true }) // prettier-ignore
    await releaseSpending(store, { key: `${wallet}/a`, reason: 'test', atMs, sign })
    expect(await reserveSpending(store, request(wallet, 'd'))).toMatchObject({ allowed: true })
  })

  test.each([
    ['payment', 'budget/per-payment', {}],
    ['run', 'budget/per-run', {}],
    ['counterparty', 'budget/per-counterparty', {}],
    ['total', 'budget/total', {}],
    ['run', 'budget/per-run', { agent: 'buyer' }],
    ['counterparty', 'budget/per-counterparty', { bucket: payTo }],
  ] as const)('a limit per %s of 9 wei refuses 10 as %s', async (scope, code, more) => {
    const wallet = walletOf(`one ${scope} ${JSON.stringify(more)}`)
    await setLimits(store, { sign, limits: [limit(wallet, scope, 9n, more)] })
    expect(await reserveSpending(store, request(wallet, 'a'))).toMatchObject({ allowed: false, code })
    expect(await reserveSpending(store, request(wallet, 'b', { amountWei: 9n }))).toMatchObject({ allowed: true })
    // What binds another agent or another address does not bind this one.
    const other = { agent: 'another', run: 'run 9', counterparty: walletOf('else') }
    const free = scope === 'counterparty' || 'agent' in more
    const verdict = await reserveSpending(store, request(wallet, 'c', { ...other, amountWei: free ? 9n : 10n }))
    expect(verdict.allowed).toBe(free)
  })

  test('one key counts once, however often it is reserved: 20 times at once, again, and after its release', async () => {
    const wallet = walletOf('once')
    await Promise.all(Array.from({ length: 20 }, () => reserveSpending(store, request(wallet, 'a'))))
    expect((await books(store, wallet)).total).toMatchObject({ reservedWei: 10n, releasedWei: 0n })
    await releaseSpending(store, { key: `${wallet}/a`, reason: 'test', atMs, sign })
    expect((await books(store, wallet)).total).toMatchObject({ reservedWei: 0n, releasedWei: 10n })
    expect(await reserveSpending(store, request(wallet, 'a'))).toMatchObject({ spending: { attempt: 2, state: 'reserved' } }) // prettier-ignore
    await markSigned(store, { key: `${wallet}/a`, amountWei: 10n })
    expect(await codeOf(reserveSpending(store, request(wallet, 'a', { amountWei: 11n })))).toBe('budget/other-call')
    expect((await books(store, wallet)).total).toMatchObject({ reservedWei: 10n, releasedWei: 10n })
  })

  test('what is signed is freed only by who looked at the chain, and a reservation that ran out is never signed', async () => {
    const wallet = walletOf('signed')
    const at = { key: `${wallet}/a`, reason: 'test', atMs, sign }
    await reserveSpending(store, request(wallet, 'a'))
    await markSigned(store, { key: at.key, amountWei: 10n })
    expect(await releaseSpending(store, at)).toBe(false)
    expect(await releaseSpending(store, { ...at, signed: true })).toBe(true)
    expect(await codeOf(markSigned(store, { key: at.key, amountWei: 10n }))).toBe('budget/reservation-over')
    await reserveSpending(store, request(wallet, 'a'))
    expect(await codeOf(markSigned(store, { key: at.key, amountWei: 11n }))).toBe('budget/reservation-over')
    expect(await settleSpending(store, { ...at, spentWei: 4n })).toBe(true)
    expect(await settleSpending(store, { ...at, spentWei: 4n })).toBe(false)
    expect((await books(store, wallet)).total).toMatchObject({ reservedWei: 0n, spentWei: 4n, releasedWei: 16n })
  })

  test('an approval of 100 counts as 100; payments out of it count again only where it does not, and never pass it', async () => {
    const wallet = walletOf('approval')
    await setLimits(store, {
      sign,
      limits: [limit(wallet, 'day', 100n), limit(wallet, 'payment', 60n), limit(wallet, 'run', 120n)],
    })
    const permit2 = walletOf('permit2')
    const approve = { kind: 'approval' as const, counterparty: permit2, amountWei: 100n, run: 'approving' }
    expect(await reserveSpending(store, request(wallet, 'approve', approve))).toMatchObject({ allowed: true })
    await markSigned(store, { key: `${wallet}/approve`, amountWei: 100n })
    // The day is full: what is not paid out of the approval has no room.
    expect(await reserveSpending(store, request(wallet, 'x'))).toMatchObject({ code: 'budget/per-day' })
    const within = `${wallet}/approve`
    const draw = (key: string, amountWei: bigint) => reserveSpending(store, request(wallet, key, { within, amountWei }))
    expect(await draw('a', 61n)).toMatchObject({ code: 'budget/per-payment' })
    expect(await draw('a', 60n)).toMatchObject({ allowed: true })
    expect(await draw('b', 41n)).toMatchObject({ code: 'budget/approval-used' })
    await settleSpending(store, { key: `${wallet}/a`, spentWei: 25n, reason: 'test', atMs, sign })
    expect((await books(store, wallet)).total).toMatchObject({ reservedWei: 75n, spentWei: 25n, releasedWei: 0n })
    expect(await draw('b', 41n)).toMatchObject({ allowed: true })
    // The run that draws counts what it draws, beside the run that approved.
    const { uses } = await budgetOf(store, { wallet })
    const run = uses.find(({ scope, bucket, agent }) => scope === 'run' && bucket === 'run 1' && agent === '')
    expect(run).toMatchObject({ reservedWei: 41n, spentWei: 25n, releasedWei: 35n })
    // While a payment out of it is open the approval can't be taken back; then its rest is free.
    const end = { key: within, reason: 'test', atMs, sign, signed: true }
    expect(await releaseSpending(store, end)).toBe(false)
    await releaseSpending(store, { key: `${wallet}/b`, reason: 'test', atMs, sign })
    expect(await releaseSpending(store, end)).toBe(true)
    expect((await books(store, wallet)).total).toMatchObject({ reservedWei: 0n, spentWei: 25n, releasedWei: 75n })
  })

  test('an unlimited approval is refused before anything is counted', async () => {
    const wallet = walletOf('unlimited')
    const all = request(wallet, 'a', { kind: 'approval', amountWei: 2n ** 256n - 1n })
    expect(await codeOf(reserveSpending(store, all))).toBe('budget/unlimited')
    expect((await books(store, wallet)).uses).toEqual([])
  })

  test('a run tightens its own limit and never loosens it; a limit below what is used stops all, and takes nothing back', async () => {
    const wallet = walletOf('tight')
    const own = (limitWei: bigint) => setLimits(store, { sign, limits: [limit(wallet, 'run', limitWei, { bucket: 'run 1', setBy: 'run' })] }) // prettier-ignore
    await own(20n)
    await own(1_000n)
    expect(await reserveSpending(store, request(wallet, 'a', { amountWei: 21n }))).toMatchObject({ code: 'budget/per-run' }) // prettier-ignore
    await reserveSpending(store, request(wallet, 'b'))
    await own(5n)
    expect(await reserveSpending(store, request(wallet, 'c', { amountWei: 1n }))).toMatchObject({ allowed: false })
    expect((await books(store, wallet)).total).toMatchObject({ reservedWei: 10n })
  })

  test('each allow, deny, release and settlement is one signed line in the chain of its wallet, with amounts before and after', async () => {
    const wallet = walletOf('lines')
    await setLimits(store, { sign, limits: [limit(wallet, 'run', 15n)] })
    await reserveSpending(store, request(wallet, 'a'))
    for (const _ of [1, 2]) await reserveSpending(store, request(wallet, 'b'))
    await settleSpending(store, { key: `${wallet}/a`, spentWei: 3n, reason: 'test', atMs, sign })
    const lines = await listTrace(store, { subject: `budget/${wallet}` })
    expect(lines.map(({ kind }) => kind)).toEqual(['budget/limit', 'budget/allow', 'budget/deny', 'budget/settle'])
    expect(lines.every(({ signature, digest }) => signature === `signed ${digest}`)).toBe(true)
    expect(JSON.parse(lines[2]!.body)).toMatchObject({
      code: 'budget/per-run',
      amountWei: '10',
      checks: [{ scope: 'run', bucket: 'run 1', limitWei: '15', beforeWei: '10', afterWei: '20', holds: false }],
    })
  })
})

const server = process.env['TRIBUTARY_TEST_DATABASE_URL']
describe.skipIf(server === undefined)('budgets over two connections (needs TRIBUTARY_TEST_DATABASE_URL)', () => {
  test('200 reservations at once from two processes’ pools pass no limit, and the lines of all are one chain', async () => {
    const database = await openScratchDatabase(server ?? '')
    const stores = [await openStore({ url: database.url }), await openStore({ url: database.url })]
    try {
      for (const seed of [3, 4, 5]) {
        const wallet = walletOf(`two ${seed}`)
        const { verdicts } = await storm(stores, wallet, seed)
        const { total, reservedWei, spentWei, over } = await books(stores[1]!, wallet)
        expect(over).toEqual([])
        expect(total).toMatchObject({ reservedWei, spentWei })
        expect(verdicts.filter((verdict) => verdict === 'allowed').length).toBeGreaterThan(30)
        expect(total!.reservedWei + total!.spentWei + total!.releasedWei).toBe(await allowedWei(stores[0]!, wallet))
      }
    } finally {
      await Promise.all(stores.map((store) => store.close()))
      await database.drop()
    }
  })

  test('a process killed between the statement and its line leaves neither', async () => {
    const database = await openScratchDatabase(server ?? '')
    const store = await openStore({ url: database.url })
    try {
      const wallet = walletOf('killed')
      const dying = () => Promise.reject(new Error('killed'))
      const failed = await reserveSpending(store, request(wallet, 'a', { sign: dying })).catch((e: unknown) => e)
      expect(findError(failed)).toBeUndefined()
      expect(await findSpending(store, { key: `${wallet}/a` })).toBeUndefined()
      const [row] = await store.db.select({ n: sql<string>`coalesce(sum(reserved_wei), 0)` }).from(sql`budget_uses`)
      expect(Number(row?.n)).toBe(0)
      expect(await reserveSpending(store, request(wallet, 'a'))).toMatchObject({ allowed: true })
    } finally {
      await store.close()
      await database.drop()
    }
  })
})
