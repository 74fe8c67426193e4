import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { digestText, TributaryError } from '../../../kernel/index.ts'
import { holderName, thisProcess } from '../../home/processIdentity.ts'
import { effects } from '../../schema/index.ts'
import type { Store } from '../../store.ts'
import { codeOf } from '../../testing/codeOf.ts'
import { describeOnBoth } from '../../testing/openTestStores.ts'
import { effectOnce, type EffectRequest } from './effectOnce.ts'

const output = z.object({ n: z.number() })
const request = (key: string, more: Partial<EffectRequest<{ n: number }>> = {}): EffectRequest<{ n: number }> => ({
  key,
  tool: 'count',
  inputDigest: digestText('input'),
  output,
  ...more,
})

describeOnBoth('effectOnce', ({ open }) => {
  let store: Store
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store.close())

  /** What a process that is no more left behind. */
  const leaveStarted = async (key: string, holder = holderName({ ...thisProcess(), started: 'long ago' })) => {
    const row = {
      key,
      tool: 'count',
      input: digestText('input'),
      attempt: 1,
      startedAtMs: 1,
      leaseUntilMs: Date.now() + 60_000,
    }
    await store.db.insert(effects).values({ ...row, state: 'started', holder: holder.replace(/[^|]*$/, 'other') })
  }

  test('20 concurrent calls with one key run the effect once and all get its result', async () => {
    let runs = 0
    const call = () => effectOnce(store, request('crowd'), async () => ({ n: ++runs + 0.5 }))
    const results = await Promise.all(Array.from({ length: 20 }, call))
    expect(runs).toBe(1)
    expect(results).toEqual(Array.from({ length: 20 }, () => ({ n: 1.5 })))
  })

  test('without a schema the result comes back as any JSON object, byte for byte the same each time', async () => {
    const bare = { key: 'bare', tool: 'count', inputDigest: digestText('input') }
    const first = await effectOnce(store, bare, async () => ({ z: 1, a: { y: null } }))
    const second = await effectOnce(store, bare, async () => ({}))
    expect(JSON.stringify(first)).toBe('{"a":{"y":null},"z":1}')
    expect(JSON.stringify(second)).toBe(JSON.stringify(first))
  })

  test('a key that is used for other arguments or another tool is refused', async () => {
    await effectOnce(store, request('used'), async () => ({ n: 1 }))
    const run = async () => ({ n: 2 })
    expect(await codeOf(effectOnce(store, request('used', { inputDigest: digestText('x') }), run))).toBe(
      'store/effect-conflict',
    )
    expect(await codeOf(effectOnce(store, request('used', { tool: 'x' }), run))).toBe('store/effect-conflict')
  })

  test('a live holder makes others wait and then say busy; its pid with another start time is a dead one', async () => {
    await leaveStarted('held', holderName())
    const run = async () => ({ n: 3 })
    expect(await codeOf(effectOnce(store, request('held', { waitMs: 60 }), run))).toBe('store/effect-busy')
    await leaveStarted('dead')
    expect(await effectOnce(store, request('dead', { waitMs: 60 }), run)).toEqual({ n: 3 })
  })

  test('a holder on another machine is alive until its lease ends', async () => {
    await leaveStarted('far', holderName({ host: 'elsewhere', pid: 1, started: 'x' }))
    const run = async () => ({ n: 4 })
    expect(await codeOf(effectOnce(store, request('far', { waitMs: 0 }), run))).toBe('store/effect-busy')
    await store.db
      .update(effects)
      .set({ leaseUntilMs: Date.now() - 1 })
      .where(eq(effects.key, 'far'))
    expect(await effectOnce(store, request('far', { waitMs: 0 }), run)).toEqual({ n: 4 })
  })

  test('after a crash: refuse refuses for good, and a resolver decides from the facts', async () => {
    for (const key of ['refused', 'happened', 'did not', 'unknown']) await leaveStarted(key)
    let runs = 0
    const run = async () => ({ n: ++runs })
    const refuse = request('refused', { onUncertain: 'refuse' })
    expect(await codeOf(effectOnce(store, refuse, run))).toBe('store/effect-uncertain')
    expect(await codeOf(effectOnce(store, refuse, run))).toBe('store/effect-uncertain')
    const happened = request('happened', { onUncertain: async () => ({ happened: true, result: { n: 9 } }) })
    expect(await effectOnce(store, happened, run)).toEqual({ n: 9 })
    expect(await effectOnce(store, request('happened'), run)).toEqual({ n: 9 })
    const unknown = request('unknown', { onUncertain: async () => 'unknown' })
    expect(await codeOf(effectOnce(store, unknown, run))).toBe('store/effect-uncertain')
    expect(runs).toBe(0)
    const didNot = request('did not', {
      onUncertain: async ({ attempt }) => ({ happened: attempt !== 1 && false }) as const,
    })
    expect(await effectOnce(store, didNot, run)).toEqual({ n: 1 })
  })

  test('an error leaves the effect uncertain with its code, and the caller gets that error', async () => {
    const fail = async (): Promise<{ n: number }> => {
      throw new TributaryError('No.', { code: 'chain/unreachable', retry: true })
    }
    const seen: unknown[] = []
    const spend = request('thrown', {
      onUncertain: async (effect) => {
        seen.push(effect.failure)
        return { happened: false }
      },
    })
    expect(await codeOf(effectOnce(store, spend, fail))).toBe('chain/unreachable')
    expect(await effectOnce(store, spend, async () => ({ n: 5 }))).toEqual({ n: 5 })
    expect(seen).toEqual(['chain/unreachable'])
  })

  test('a result without a JSON form is refused by name and not stored', async () => {
    const big = { key: 'big', tool: 'count', inputDigest: digestText('input') }
    expect(await codeOf(effectOnce(store, big, async () => ({ n: 1n })))).toBe('store/effect-result')
    expect((await store.db.select().from(effects).where(eq(effects.key, 'big')))[0]).toMatchObject({
      state: 'failed',
      result: null,
    })
  })

  test('a taker-over wins over a holder that only seemed dead: the late result is not stored', async () => {
    await leaveStarted('slow')
    const late = effectOnce(store, request('slow'), async () => {
      await store.db.update(effects).set({ attempt: 7 }).where(eq(effects.key, 'slow'))
      return { n: 1 }
    })
    expect(await codeOf(late)).toBe('store/effect-lost')
  })
})
