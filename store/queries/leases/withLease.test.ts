import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { holderName, thisProcess } from '../../home/processIdentity.ts'
import { leases } from '../../schema/index.ts'
import type { Store } from '../../store.ts'
import { openStore } from '../../openStore.ts'
import { codeOf } from '../../testing/codeOf.ts'
import { describeOnBoth } from '../../testing/openTestStores.ts'
import { databaseNow } from './databaseNow.ts'
import { withLease } from './withLease.ts'

describeOnBoth('withLease', ({ open }) => {
  let store: Store
  beforeAll(async () => {
    // As on a server, also on PGlite: the statements are the same.
    store = { ...(await open()), kind: 'postgres' }
  })
  afterAll(() => store.close())

  /** A lease that some process has for `ms` more. */
  const leave = (key: string, holder: string, ms = 60_000) =>
    store.db.insert(leases).values({ key, holder, untilMs: sql`${databaseNow} + ${ms}` })
  const far = holderName({ host: 'elsewhere', pid: 1, started: 'x' }).replace(/[^|]*$/, 'other')
  const dead = holderName({ ...thisProcess(), started: 'long ago' }).replace(/[^|]*$/, 'other')

  test('20 at once work one after the other, and no row is left', async () => {
    let atWork = 0
    let most = 0
    let done = 0
    const work = async () => {
      most = Math.max(most, ++atWork)
      await new Promise((resolve) => setTimeout(resolve, 2))
      atWork--
      done++
    }
    await Promise.all(Array.from({ length: 20 }, () => withLease(store, { key: 'crowd' }, work)))
    expect({ most, done }).toEqual({ most: 1, done: 20 })
    expect(await store.db.select().from(leases)).toEqual([])
  })

  test('a holder elsewhere is believed until its lease ends; then its work is taken over', async () => {
    await leave('far', `0@${far}`)
    expect(await codeOf(withLease(store, { key: 'far', waitMs: 30 }, async () => 1))).toBe('store/lease-busy')
    await store.db
      .update(leases)
      .set({ untilMs: sql`${databaseNow} - 1` })
      .where(eq(leases.key, 'far'))
    expect(await withLease(store, { key: 'far', waitMs: 0 }, async () => 2)).toBe(2)
  })

  test('a holder whose process has ended on this machine is replaced at once, and so is a lease that we lost sight of', async () => {
    await leave('dead', `0@${dead}`)
    expect(await withLease(store, { key: 'dead', waitMs: 0 }, async () => 3)).toBe(3)
    await leave('ours', `99@${holderName()}`)
    expect(await withLease(store, { key: 'ours', waitMs: 0 }, async () => 4)).toBe(4)
  })

  test('a holder that works for longer than a lease renews it; one that was taken over is told by its signal', async () => {
    const leaseMs = 60
    const long = withLease(store, { key: 'long', leaseMs }, () => new Promise((resolve) => setTimeout(resolve, 300, 5)))
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(await codeOf(withLease(store, { key: 'long', leaseMs, waitMs: 0 }, async () => 6))).toBe('store/lease-busy')
    expect(await long).toBe(5)

    const lost = withLease(store, { key: 'lost', leaseMs }, async (signal) => {
      await store.db
        .update(leases)
        .set({ holder: `0@${far}` })
        .where(eq(leases.key, 'lost'))
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      throw signal.reason
    })
    expect(await codeOf(lost)).toBe('store/lease-lost')
    // What is another's is not let go of.
    expect(await store.db.select().from(leases)).toMatchObject([{ key: 'lost', holder: `0@${far}` }])
  })
})

describe('withLease in an embedded database', () => {
  let store: Store
  beforeAll(async () => {
    store = await openStore({ dir: 'memory://' })
  })
  afterAll(() => store.close())

  test('20 at once work one after the other, those of another key or database beside them, and nothing is written', async () => {
    const other = { ...store, db: Object.create(store.db) as Store['db'] }
    const [atWork, most] = [new Map<string, number>(), new Map<string, number>()]
    const work = (name: string) => async () => {
      atWork.set(name, (atWork.get(name) ?? 0) + 1)
      most.set(name, Math.max(most.get(name) ?? 0, atWork.get(name)!))
      await new Promise((resolve) => setTimeout(resolve, 2))
      atWork.set(name, atWork.get(name)! - 1)
      return name
    }
    const all = ['a', 'b'].flatMap((key) => Array.from({ length: 10 }, () => withLease(store, { key }, work(key))))
    expect(await Promise.all([...all, withLease(other, { key: 'a' }, work('other'))])).toHaveLength(21)
    expect(most).toEqual(new Map([['a', 1], ['b', 1], ['other', 1]])) // prettier-ignore
    expect(await store.db.select().from(leases)).toEqual([])
  })

  test('who waits for too long is told to call again, keeps its place from nobody, and a failure lets the next one in', async () => {
    const first = Promise.withResolvers<void>()
    const holding = withLease(store, { key: 'k' }, () => first.promise)
    expect(await codeOf(withLease(store, { key: 'k', waitMs: 0 }, async () => 1))).toBe('store/lease-busy')
    expect(await codeOf(withLease(store, { key: 'k', waitMs: 20 }, async () => 1))).toBe('store/lease-busy')
    const next = withLease(store, { key: 'k' }, async () => 2)
    first.reject(new Error('it fell'))
    await expect(holding).rejects.toThrow('it fell')
    expect(await next).toBe(2)
    expect(await withLease(store, { key: 'k', waitMs: 0 }, async () => 3)).toBe(3)
  })
})
