import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Store } from '../../store.ts'
import { allowedWei, atMs, books, limit, payTo, request, sign, storm, walletOf } from '../../testing/budgetStorm.ts'
import { codeOf } from '../../testing/codeOf.ts'
import { describeOnBoth } from '../../testing/openTestStores.ts'
import { listTrace } from '../traces/listTrace.ts'
import { budgetOf } from './budgetOf.ts'
import { releaseSpending, settleSpending } from './closeSpending.ts'
import { markSigned } from './markSigned.ts'
import { reserveSpending } from './reserveSpending.ts'
import { setLimits } from './setLimits.ts'

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
