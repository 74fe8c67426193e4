import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText } from '../../../kernel/index.ts'
import type { Store } from '../../store.ts'
import { codeOf } from '../../testing/codeOf.ts'
import { describeOnBoth } from '../../testing/openTestStores.ts'
import { answerJob } from './answerJob.ts'
import { beatWorker } from './beatWorker.ts'
import { dropJob } from './dropJob.ts'
import { getJob } from './getJob.ts'
import { liveWorkers } from './liveWorkers.ts'
import { openJob } from './openJob.ts'
import { openJobs } from './openJobs.ts'
import { wantJob } from './wantJob.ts'
import { removeWorker } from './removeWorker.ts'

describeOnBoth('answer jobs', ({ open }) => {
  let store: Store
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store.close())

  const key = digestText('a payment')
  const job = (request: string) => ({ key, queue: 'answers-8-1', request })
  const lastWanted = (agoMs: number) =>
    store.db.execute(
      sql`update answer_jobs set at_ms = (extract(epoch from clock_timestamp()) * 1000)::bigint - ${agoMs} where key = ${key}`,
    )

  test('a job is opened once, its first answer stays, and it is gone when it is dropped', async () => {
    expect(await openJob(store, job('what was asked'))).toMatchObject({ request: 'what was asked', answer: null })
    expect((await openJob(store, job('something else'))).request).toBe('what was asked')
    expect(await openJobs(store, { queues: ['answers-8-0', 'answers-8-1'] })).toBe(1)
    expect(await openJobs(store, { queues: ['answers-8-0'] })).toBe(0)
    expect(await answerJob(store, { key, answer: 'first\u0000' })).toBe(true)
    expect(await answerJob(store, { key, answer: 'second' })).toBe(false)
    expect((await getJob(store, { key })).answer).toBe('first\u0000')
    expect(await openJobs(store, { queues: ['answers-8-1'] })).toBe(0)
    await dropJob(store, { key })
    expect(await codeOf(getJob(store, { key }))).toBe('store/not-found')
    expect(await answerJob(store, { key, answer: 'too late' })).toBe(false)
  })

  test('one that nobody has waited for during 10 s counts no more, until somebody comes back for it', async () => {
    const open = () => openJobs(store, { queues: ['answers-8-1'] })
    await openJob(store, job('whose buyer hangs up'))
    expect(await open()).toBe(1)
    await lastWanted(10_500)
    expect(await open()).toBe(0)
    await wantJob(store, { key })
    expect(await open()).toBe(1)
    await lastWanted(10_500)
    expect((await openJob(store, job('whose buyer is back'))).request).toBe('whose buyer hangs up')
    expect(await open()).toBe(1)
    await dropJob(store, { key })
  })

  test('what lies here for longer than a day was left by a gateway that died, and goes', async () => {
    await openJob(store, job('old'))
    await lastWanted(25 * 3_600_000)
    await openJob(store, { ...job('new'), key: digestText('another') })
    expect(await codeOf(getJob(store, { key }))).toBe('store/not-found')
  })

  test('workers are live by their own number of groups, until their time is over or they leave', async () => {
    await beatWorker(store, { id: 'b', groups: 8, room: 2, leaseMs: 60_000 })
    await beatWorker(store, { id: 'a', groups: 8, room: 3, leaseMs: 60_000 })
    await beatWorker(store, { id: 'c', groups: 16, room: 4, leaseMs: 60_000 })
    expect(await liveWorkers(store, { groups: 8 })).toEqual([
      { id: 'a', room: 3 },
      { id: 'b', room: 2 },
    ])
    await store.db.execute(sql`update engine_workers set until_ms = 1 where id = 'a'`)
    await removeWorker(store, { id: 'c' })
    expect(await liveWorkers(store, { groups: 8 })).toEqual([{ id: 'b', room: 2 }])
    expect(await liveWorkers(store, { groups: 16 })).toEqual([])
    await beatWorker(store, { id: 'a', groups: 8, room: 5, leaseMs: 60_000 })
    expect(await liveWorkers(store, { groups: 8 })).toHaveLength(2)
  })
})
