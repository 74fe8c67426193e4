import { sql } from 'drizzle-orm'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { LocalAccount } from 'viem'
import { decodePayment, ensureOpen, exactScheme, paymentRequirements, readBalance } from '../../chain/index.ts'
import { findError, type Address } from '../../kernel/index.ts'
import { getPayment, receiptsAwaitingEpoch, unfinishedPayments, type Store } from '../../store/index.ts'
import { chatRequest, quoteFor, type ToolContext } from '../../tools/index.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestContext, type TestContext } from '../../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../../tools/testing/trainTinyModel.ts'
import { signPayment } from '../testing/signPayment.ts'
import { createSeller } from './createSeller.ts'

let edges: TestContext
beforeAll(async () => {
  edges = await openTestContext()
  await trainTinyModel(edges.ctx)
})
afterAll(() => edges.close())

const balance = () => readBalance(edges.ctx.chain, edges.ctx.keys.buyer.address as Address)
const question = (content: string) =>
  chatRequest.parse({ model: 'rivers', messages: [{ role: 'user', content }], max_tokens: 8, temperature: 1 })

/** A question with its payment, as the gateway hands it to the seller. */
async function order(content: string, payer: LocalAccount = edges.ctx.keys.buyer) {
  const request = question(content)
  const { feeWei } = await quoteFor(request, edges.ctx)
  const terms = paymentRequirements(edges.ctx.chain, { amountWei: feeWei })
  const header = await signPayment(payer, terms)
  const payment = decodePayment((name) => (name === 'PAYMENT-SIGNATURE' ? header : undefined), edges.ctx.schemes)
  return { request, payment, feeWei, key: { payer: payment.payer, nonce: payment.nonce } }
}

class Killed extends Error {}

/** The store of a process that dies at its n-th statement or transaction: nothing of it and after it happens. */
function dyingStore(store: Store, at: number): { store: Store; calls: () => number } {
  let calls = 0
  const methods = new Set(['select', 'insert', 'update', 'delete', 'transaction', 'execute'])
  const db = new Proxy(store.db, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver)
      if (typeof value !== 'function') return value
      if (!methods.has(String(name))) return value.bind(target) as unknown
      return (...args: unknown[]) => {
        calls++
        if (calls >= at) throw new Killed(`died at call ${at}`)
        return Reflect.apply(value, target, args) as unknown
      }
    },
  })
  return { store: { ...store, db }, calls: () => calls }
}

test('killed before any statement of its store, a sale is finished by the same payment: one charge, one answer', async () => {
  const { ctx } = edges
  const seen: string[] = []
  for (let at = 1, isWhole = false; !isWhole; at++) {
    const { request, payment, feeWei, key } = await order(`killed at ${at}?`)
    const before = await balance()
    const dying = dyingStore(ctx.store, at)
    try {
      await createSeller({ ...ctx, store: dying.store }).sell(request, payment)
      isWhole = true
    } catch (failure) {
      // A query that the store could not make is wrapped; what counts is that this attempt ended here.
      expect(dying.calls()).toBeGreaterThanOrEqual(at)
      expect(failure instanceof Killed || findError(failure)?.code.startsWith('store/')).toBe(true)
    }
    const left = await getPayment(ctx.store, key).then(
      ({ state, receipt }) => ({ state, receipt }),
      () => undefined,
    )
    seen.push(left?.state ?? 'nothing')

    const sold = await createSeller(ctx).sell(request, payment)
    const again = await createSeller(ctx).sell(request, payment)
    expect(again).toEqual(sold)
    // An answer that was stored is the one that is delivered.
    if (left?.receipt) expect(sold.receipt).toBe(left.receipt)
    expect(before - (await balance())).toBe(feeWei)
    expect(await getPayment(ctx.store, key)).toMatchObject({ state: 'settled', receipt: sold.receipt })
    expect(edges.workflows.started.filter(({ id }) => id === `attribute/${sold.receipt}`)).toHaveLength(1)
  }
  expect([...new Set(seen)]).toEqual(['nothing', 'reserved', 'answered', 'settling', 'settled'])
})

/** A context in which one step of the world outside fails. */
function failing(part: 'engine' | 'chain before' | 'chain after' | 'workflows'): ToolContext {
  const { ctx } = edges
  const { answers, chain, workflows } = ctx
  const fail = () => Promise.reject(new Killed(part))
  if (part === 'engine') return { ...ctx, answers: { ...answers, generate: fail } }
  if (part === 'workflows') return { ...ctx, workflows: { ...workflows, start: fail } }
  // `persist` runs right after the transaction that moves the money is mined.
  if (part === 'chain after') {
    const late = { ...chain, persist: fail }
    return { ...ctx, chain: late, schemes: [exactScheme(late)] }
  }
  let isGone = false
  const generate: typeof answers.generate = (request) => {
    isGone = true
    return answers.generate(request)
  }
  const reader = new Proxy(chain.reader, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver)
      return isGone && typeof value === 'function' ? fail : value
    },
  })
  const cut = { ...chain, reader }
  return { ...ctx, answers: { ...answers, generate }, chain: cut, schemes: [exactScheme(cut)] }
}

test.each([
  ['engine', 'reserved', 0n],
  ['chain before', 'settling', 0n],
  ['chain after', 'settling', 1n],
  ['workflows', 'settled', 1n],
] as const)(
  'a failure of %s leaves the payment %s, and the next attempt finishes it for one fee',
  async (part, state, fees) => {
    const { request, payment, feeWei, key } = await order(`failing ${part}?`)
    const before = await balance()
    await expect(createSeller(failing(part)).sell(request, payment)).rejects.toThrow()

    expect((await getPayment(edges.ctx.store, key)).state).toBe(state)
    expect(before - (await balance())).toBe(fees * feeWei)
    const sold = await createSeller(edges.ctx).sell(request, payment)
    expect(before - (await balance())).toBe(feeWei)
    expect((await getPayment(edges.ctx.store, key)).receipt).toBe(sold.receipt)
  },
)

test('recover settles what was answered, gives up what expired unanswered, and leaves what its buyer may still call for', async () => {
  const { ctx } = edges
  const answered = await order('answered, then killed?')
  await expect(createSeller(failing('chain after')).sell(answered.request, answered.payment)).rejects.toThrow()
  const fresh = await order('reserved, then killed?')
  await expect(createSeller(failing('engine')).sell(fresh.request, fresh.payment)).rejects.toThrow()
  const before = await balance()

  expect(await createSeller(ctx).recover()).toEqual({ settled: 1, failed: 0, refunded: 0, left: 1 })
  expect((await getPayment(ctx.store, answered.key)).state).toBe('settled')
  expect(await balance()).toBe(before)
  edges.shiftClock(3_600_000)
  expect(await createSeller(ctx).recover()).toEqual({ settled: 0, failed: 1, refunded: 0, left: 0 })
  edges.shiftClock(0)
  expect(await getPayment(ctx.store, fresh.key)).toMatchObject({ state: 'failed', failure: 'payment/expired' })
  expect(await unfinishedPayments(ctx.store, {})).toEqual([])
  await expect(createSeller(ctx).sell(fresh.request, fresh.payment)).rejects.toMatchObject({ code: 'payment/over' })
})

test('recover gives up in time what the chain refuses, and settles the others', async () => {
  const { ctx } = edges
  const payer = privateKeyToAccount(generatePrivateKey())
  const orders = [await order('can it pay first?', payer), await order('can it pay again?', payer)]
  const [{ feeWei }] = orders as [(typeof orders)[0]]
  await ensureOpen(ctx.chain, { account: payer.address as Address, wei: feeWei })
  for (const { request, payment } of orders) {
    await expect(createSeller(failing('chain before')).sell(request, payment)).rejects.toThrow()
  }

  // Money may still come while the authorisation lives; then it is over.
  expect(await createSeller(ctx).recover()).toEqual({ settled: 1, failed: 0, refunded: 0, left: 1 })
  edges.shiftClock(3_600_000)
  expect(await createSeller(ctx).recover()).toEqual({ settled: 0, failed: 1, refunded: 0, left: 0 })
  edges.shiftClock(0)
  expect(await readBalance(ctx.chain, payer.address as Address)).toBe(0n)
  const ended = await Promise.all(orders.map(({ key }) => getPayment(ctx.store, key)))
  expect(ended.map(({ state }) => state).toSorted()).toEqual(['failed', 'settled'])
  const failed = ended.find(({ state }) => state === 'failed')
  expect(failed?.failure).toBe('payment/underfunded')
  // An answer that nobody paid for is no part of an epoch.
  expect((await receiptsAwaitingEpoch(ctx.store, {})).map(({ id }) => id)).not.toContain(failed?.receipt)
})

test('a gateway that was stopped for longer than its lease delivers the answer that another stored meanwhile', async () => {
  // Several gateways share a server of a database.
  const ctx: ToolContext = { ...edges.ctx, store: { ...edges.ctx.store, kind: 'postgres' } }
  const { request, payment, feeWei, key } = await order('who answers first?')
  const before = await balance()
  let runs = 0
  let first: Awaited<ReturnType<ReturnType<typeof createSeller>['sell']>> | undefined
  const { answers } = ctx
  const stopped = {
    ...answers,
    generate: async (asked: Parameters<typeof answers.generate>[0]) => {
      runs++
      // Its lease is over and it does not know: what it generates now comes second.
      await ctx.store.db.execute(sql`update leases set until_ms = 0, holder = 'elsewhere'`)
      first = await createSeller(ctx).sell(request, payment)
      return answers.generate({ ...asked, signal: new AbortController().signal })
    },
  }
  const second = await createSeller({ ...ctx, answers: stopped }).sell(request, payment)
  expect(second).toEqual(first)
  expect(runs).toBe(1)
  expect(before - (await balance())).toBe(feeWei)
  expect(await getPayment(ctx.store, key)).toMatchObject({ state: 'settled', receipt: second.receipt })
})
