import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { findError } from '../../kernel/index.ts'
import { createClient, fileBlobs, graphDataConverter, type RunId } from './client/index.ts'
import { graphNextEvents } from './protocol.ts'
import { activities } from './testing/activities.ts'
import { openTestGraphs, type TestGraphs } from './testing/testGraphs.ts'
import { createWorker, historyToJson, inlineHistory, replayEvents, replayHistory } from './worker/index.ts'
import type { GraphEvent } from './index.ts'

let it: TestGraphs
beforeAll(async () => {
  it = await openTestGraphs('long')
})
afterAll(() => it?.close())

/** The workflow runs of one chain, the oldest first, with their histories. */
async function chainOf(workflowId: string) {
  const runs: { runId: string; history: { events?: unknown[] | null } }[] = []
  const { client } = it.env
  let runId: string | undefined = (await client.workflow.getHandle(workflowId).describe()).raw.workflowExecutionInfo
    ?.firstRunId as string
  while (runId) {
    const history: Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>> =
      await client.workflow.getHandle(workflowId, runId).fetchHistory()
    runs.push({ runId, history })
    runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined
  }
  return runs
}

describe('a graph that outgrows its history', () => {
  test('of 40 steps in a subgraph and 4 questions goes on over at least 4 runs, and nobody who follows it notices', async () => {
    const id = await it.start<{ n: number; heard: string[] }>('longHaul', { n: 0, until: 40, asks: true })
    const seen: GraphEvent[] = []
    const following = (async () => {
      for await (const event of it.graphs.stream(id)) seen.push(event)
    })()
    for (let round = 1; round <= 4; round++) {
      const [ask] = await it.waiting(id, 1)
      expect(ask).toBe(`ask#${round}`)
      await it.graphs.resume(id, ask!, `yes ${round}`)
      // Again, as after a lost connection: heard already, in whichever run of the chain.
      if (round < 4) await it.graphs.resume(id, ask!, `yes ${round}`)
    }
    expect(await it.graphs.result(id)).toMatchObject({ n: 40, heard: ['yes 1', 'yes 2', 'yes 3', 'yes 4'] })
    await following
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, i) => i))
    const told = seen.filter(({ kind, path }) => kind === 'custom' && path.length > 0).map(({ data }) => data)
    expect(told).toEqual(Array.from({ length: 40 }, (_, i) => ({ at: i + 1 })))
    expect(seen.filter(({ node }) => node === 'both').map(({ kind }) => kind)).toEqual(
      [1, 2, 3, 4].flatMap(() => ['custom', 'custom', 'node']),
    )
    expect((await it.graphs.state(id)).calls).toBe(44)

    const runs = await chainOf(id)
    expect(runs.length).toBeGreaterThanOrEqual(4)
    const logs: GraphEvent[] = []
    for (const { history } of runs) {
      // The bound, and what one superstep and its followers add to it.
      expect(history.events!.length).toBeLessThan(40 + 60)
      const json = historyToJson(history as Parameters<typeof historyToJson>[0])
      expect(await replayHistory({ bundle: it.bundle, history: json, workflowId: id })).toBeUndefined()
      logs.push(...(await replayEvents({ bundle: it.bundle, history: json, workflowId: id })))
    }
    expect(logs).toEqual(seen)
    // A control: another state is carried on.
    const text = JSON.stringify(historyToJson(runs[0]!.history as Parameters<typeof historyToJson>[0]))
    const carried = JSON.parse(text) as { events: Record<string, { input: { payloads: { data: string }[] } }>[] }
    const payload = carried.events.at(-1)!['workflowExecutionContinuedAsNewEventAttributes']!.input.payloads.at(-1)!
    payload.data = btoa(atob(payload.data).replace('"stops":[["",', '"stops":[["",1'))
    expect(await replayHistory({ bundle: it.bundle, history: carried, workflowId: id })).toMatchObject({
      recorded: expect.stringContaining('"kind":"continued"'),
    })
  })

  test('inside of a workflow with its own input goes on in new runs; after a timer of that workflow it keeps to one history', async () => {
    const wrapped = await it.start('wrappedHaul', { rounds: 2 })
    const late = await it.start('lateHaul', { rounds: 2 })
    expect(await it.graphs.result(wrapped)).toEqual({ n: 20, wrapped: true })
    expect(await it.graphs.result(late)).toEqual({ n: 20, wrapped: true })
    expect((await chainOf(wrapped)).length).toBeGreaterThan(1)
    expect(await chainOf(late)).toHaveLength(1)
  })

  test('counts its supersteps over all of its runs: a limit of 25 stops it in the 9th round of three, as plain LangGraph would', async () => {
    const id = await it.start('longHaul', { n: 0, until: 1_000, asks: false })
    await expect(it.graphs.result(id)).rejects.toMatchObject({ code: 'graph/recursion-limit' })
    expect((await it.graphs.state(id)).values).toMatchObject({ n: 90 })
    expect((await chainOf(id)).length).toBeGreaterThan(4)
  })

  test('counts those of a subgraph over all of its runs too: a limit of 20 stops it after 20 steps, as plain LangGraph would', async () => {
    const id = await it.start('deepHaul', { n: 0, until: 1_000 })
    await expect(it.graphs.result(id)).rejects.toMatchObject({ code: 'graph/recursion-limit' })
    expect((await it.graphs.state(id)).calls).toBe(20)
    expect((await chainOf(id)).length).toBeGreaterThanOrEqual(3)
    const fits = await it.start<{ n: number }>('deepHaul', { n: 0, until: 19 })
    expect((await it.graphs.result(fits)).n).toBe(19)
  })

  test('in one superstep with 40 activities of 200 kB each gives them out by several workflow tasks, none over 4 MB, and ends', async () => {
    const id = await it.start<{ said: string[] }>('wideFan', { until: 40 })
    expect((await it.graphs.result(id)).said).toHaveLength(40)
    // In pages, for the history is larger than what a client takes at once.
    const given: string[] = []
    for (let nextPageToken: Uint8Array | undefined; ;) {
      const page = await it.env.client.workflowService.getWorkflowExecutionHistory({
        namespace: 'default',
        execution: { workflowId: id },
        maximumPageSize: 4,
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
      })
      for (const { activityTaskScheduledEventAttributes: activity } of page.history?.events ?? []) {
        if (activity) given.push(String(activity.workflowTaskCompletedEventId))
      }
      if (!page.nextPageToken?.length) break
      nextPageToken = page.nextPageToken
    }
    const perTask = given.map((task) => given.filter((other) => other === task).length)
    expect(given).toHaveLength(40)
    expect(Math.max(...perTask)).toBeLessThanOrEqual(12)
  })

  test('with a bound of 1 event and 1 byte gets on by a superstep in each of at least 6 runs, and waits in one', async () => {
    const id = await it.start<{ n: number; said: string[] }>('shortRuns', { n: 0, until: 6 })
    await it.waiting(id, 1)
    const runId = async () => (await it.env.client.workflow.getHandle(id).describe()).runId
    const waitsIn = await runId()
    for (let look = 0; look < 5; look++) await it.graphs.events(id)
    expect(await runId()).toBe(waitsIn)
    await it.graphs.resume(id, 'ask#1', 'yes')
    expect(await it.graphs.result(id)).toMatchObject({ n: 6, said: ['yes'] })
    expect((await chainOf(id)).length).toBeGreaterThanOrEqual(6)
  })

  test('beside a question works on over at least 3 runs to a question of its own; both wait together, and a slow step is done once', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'desks-')), 'steps')
    const id = await it.start<{ n: number; said: string[] }>('threeDesks', { n: 0, until: 18, person: 'one', file })
    expect(await it.waiting(id, 2)).toEqual(['clerk#1', 'work#2'])
    expect((await chainOf(id)).length).toBeGreaterThanOrEqual(3)
    await it.graphs.resume(id, 'work#2', 'eighteen')
    await it.graphs.resume(id, 'clerk#1', 'Ada')
    expect(await it.waiting(id, 1)).toEqual(['clerk#3'])
    await it.graphs.resume(id, 'clerk#3', 'yes')
    const { n, said } = await it.graphs.result(id)
    expect([n, said.toSorted()]).toEqual([18, ['eighteen', 'one is Ada, yes, under threeDesks/clerk#1']])
    const custom = (await it.graphs.events(id)).events.filter(({ kind }) => kind === 'custom')
    expect(custom.map(({ data }) => data)).toEqual(['one is greeted', 'Ada is asked again'])
    expect((await it.graphs.state(id)).calls).toBe(20)
    const step = 'threeDesks/slow/step#1'
    expect(readFileSync(file, 'utf8').split('\n')).toEqual([`start ${step}`, `end ${step}`, ''])
  })

  test('goes on within the subgraph that got an answer, as soon as it has been heard there', async () => {
    const id = await it.start<{ n: number; said: string[] }>('askFirst', { n: 0, until: 18 })
    await it.waiting(id, 1)
    await it.graphs.resume(id, 'work#1', 'yes')
    expect(await it.graphs.result(id)).toMatchObject({ n: 18, said: ['yes'] })
    expect((await chainOf(id)).length).toBeGreaterThanOrEqual(4)
    expect((await it.graphs.state(id)).calls).toBe(18)
  })

  test('with a subgraph that remembers finds there, in the third run, what it did in the two before', async () => {
    const id = await it.start<{ said: string[] }>('remembers', { until: 3 })
    expect((await it.graphs.result(id)).said).toEqual(['a call', 'a call+a call', 'a call+a call+a call'])
    expect((await chainOf(id)).length).toBeGreaterThanOrEqual(3)
  })

  test('within one step takes 6 looks of followers where its bound is 4 updates; a stream goes on by queries', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'watched-')), 'go')
    const id = await it.start('watched', { file })
    const look = () => it.env.client.workflow.getHandle(id).executeUpdate(graphNextEvents, { args: [0, 0] })
    for (let count = 0; count < 6; count++) expect(await look()).toMatchObject({ next: 0 })
    expect(findError(await look().catch((failure: unknown) => failure))).toMatchObject({
      code: 'graph/too-many-looks',
      facts: { count: 6 },
    })
    writeFileSync(file, '')
    const kinds: string[] = []
    for await (const { kind } of it.graphs.stream(id)) kinds.push(kind)
    expect(kinds).toEqual(['node', 'end'])
  })

  test('its log keeps 50 events: a late stream starts with the oldest kept, has no gap, and one from before is refused', async () => {
    const id = await it.start<{ n: number }>('shortLog', { n: 0, until: 60, asks: false })
    await it.graphs.result(id)
    const late: GraphEvent[] = []
    for await (const event of it.graphs.stream(id)) late.push(event)
    expect(late).toHaveLength(50)
    expect(late.map(({ seq }) => seq)).toEqual(late.map((_, i) => late[0]!.seq + i))
    expect(late.at(-1)!.kind).toBe('end')
    await expect(it.graphs.stream(id, 3).next()).rejects.toMatchObject({
      code: 'graph/events-dropped',
      facts: { next: 3, first: late[0]!.seq },
    })
  })
})

describe('payloads over 256 KiB', () => {
  test('of 3 MB each lie in the store by digest, come back checked, and leave a history of under 30 kB', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'blobs-'))
    const blobs = fileBlobs(folder)
    const { connection, namespace } = it.env
    const client = new Client({
      connection,
      namespace: namespace ?? 'default',
      dataConverter: graphDataConverter(blobs),
    })
    const taskQueue = 'bulk'
    const graphs = await createClient({ client, taskQueue })
    const worker = await createWorker({
      graphs: it.bundle,
      tools: activities,
      connection: it.env.nativeConnection,
      taskQueue,
      blobs,
    })
    const id: RunId<{ text: string; size: number }> = 'bulk-1'
    const running = worker.run()
    await graphs.start('bulk', { bytes: 3_000_000 }, { id })
    const { text, size } = await graphs.result(id)
    expect([text.length, size]).toEqual([3_000_000, 3_000_000])
    expect((await graphs.events(id)).events.map(({ kind }) => kind)).toEqual(['node', 'node', 'end'])
    const history = await client.workflow.getHandle(id).fetchHistory()
    expect(JSON.stringify(historyToJson(history)).length).toBeLessThan(30_000)
    // Kept alone, a history has its payloads in it.
    const whole = historyToJson(await inlineHistory(history, blobs))
    expect(JSON.stringify(whole).length).toBeGreaterThan(9_000_000)
    expect(await replayHistory({ bundle: it.bundle, history: whole, workflowId: id })).toBeUndefined()
    expect(
      await replayHistory({ bundle: it.bundle, history: historyToJson(history), workflowId: id, blobs }),
    ).toBeUndefined()

    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files.length).toBeGreaterThanOrEqual(2)
    for (const { parentPath, name } of files) writeFileSync(join(parentPath, name), 'something else')
    await expect(graphs.result(id)).rejects.toMatchObject({ code: 'graph/blob-differs' })
    rmSync(folder, { recursive: true })
    await expect(graphs.result(id)).rejects.toMatchObject({ code: 'graph/blob-missing' })
    worker.shutdown()
    await running
  })

  test('a worker whose store has lost a payload waits, and goes on when it is back', async () => {
    const blobs = fileBlobs(await mkdtemp(join(tmpdir(), 'blobs-')))
    let isThere = false
    const lossy = {
      ...blobs,
      get: (digest: Parameters<typeof blobs.get>[0]) =>
        isThere ? blobs.get(digest) : blobs.get(digest.replace(/.$/, 'x') as typeof digest),
    }
    const { connection, namespace } = it.env
    const client = new Client({
      connection,
      namespace: namespace ?? 'default',
      dataConverter: graphDataConverter(blobs),
    })
    const taskQueue = 'lossy'
    const graphs = await createClient({ client, taskQueue })
    const worker = await createWorker({
      graphs: it.bundle,
      tools: activities,
      connection: it.env.nativeConnection,
      taskQueue,
      blobs: lossy,
    })
    const running = worker.run()
    const id: RunId<{ size: number }> = 'lossy-1'
    await graphs.start('bulk', { bytes: 300_000 }, { id })
    const failed = () =>
      client.workflow
        .getHandle(id)
        .fetchHistory()
        .then(({ events }) => events!.some((event) => event.workflowTaskFailedEventAttributes))
    await vi.waitFor(async () => expect(await failed()).toBe(true), 15_000)
    isThere = true
    expect((await graphs.result(id)).size).toBe(300_000)
    worker.shutdown()
    await running
  })
})
