import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AIMessage, HumanMessage, type BaseMessage } from '@langchain/core/messages'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import type { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { findError } from '../../kernel/index.ts'
import { activities } from './testing/activities.ts'
import { createClient, type GraphClient, type RunId } from './client/index.ts'
import { temporalServer } from './testing/temporalServer.ts'
import { testBundle } from './testing/testBundle.ts'
import { createWorker, historyToJson, replayHistory, type WorkflowBundle } from './worker/index.ts'

const workflowsPath = fileURLToPath(new URL('./testing/workflows.ts', import.meta.url))
let env: TestWorkflowEnvironment
let worker: Worker
let graphs: GraphClient
let running: Promise<void>
let bundle: WorkflowBundle
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graph-'))
  bundle = await testBundle(workflowsPath)
  env = await temporalServer()
  worker = await createWorker({
    graphs: bundle,
    tools: activities,
    connection: env.nativeConnection,
    taskQueue: 'graph',
  })
  running = worker.run()
  graphs = await createClient({ client: env.client, taskQueue: 'graph' })
})
afterAll(async () => {
  worker?.shutdown()
  await running
  await env?.teardown()
})

let runs = 0
/** Starts a graph, and binds its id to the client's methods. */
async function start<State>(graph: string, input: unknown) {
  const id: RunId<State> = await graphs.start<unknown, State>(graph, input, { id: `${graph}-${++runs}` })
  return {
    id,
    state: () => graphs.state(id),
    interrupts: () => graphs.interrupts(id),
    resume: (interrupt: string, value: unknown) => graphs.resume(id, interrupt, value),
    events: (from?: number) => graphs.events(id, from),
    stream: (from?: number) => graphs.stream(id, from),
    cancel: () => graphs.cancel(id),
    result: () => graphs.result(id),
  }
}
const waitingIds = (run: { interrupts: () => Promise<{ id: string }[]> }, count: number) =>
  vi.waitFor(async () => {
    const ids = (await run.interrupts()).map(({ id }) => id)
    expect(ids).toHaveLength(count)
    return ids
  }, 10_000)

describe('a durable graph on a real server', () => {
  test('runs loops, a fan-out of 3, a subgraph and two interrupts to 18 + 1 and both answers', async () => {
    const run = await start<{ total: number; approved: string; sizes: unknown[] }>('survey', {
      docs: ['a', 'bb', 'ccc'],
    })
    expect(await waitingIds(run, 1)).toEqual(['review#1'])
    expect(await run.state()).toMatchObject({ status: 'waiting', calls: 10, values: { total: 18, loops: 3 } })
    await run.resume('review#1', 'yes')
    expect(await waitingIds(run, 1)).toEqual(['confirm#2'])
    await run.resume('confirm#2', 'now')
    expect(await run.result()).toMatchObject({ total: 19, approved: 'yes, now', loops: 3 })
    const { events, first, done } = await run.events()
    expect([first, done]).toEqual([0, true])
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i))
    expect(events.filter(({ kind }) => kind === 'custom').map(({ data }) => data)).toEqual([
      { measured: 3 },
      { measured: 6 },
      { measured: 9 },
    ])
    expect(events.filter(({ node }) => node === 'increment')).toMatchObject([{ path: ['review'], data: { total: 19 } }])
    expect(
      events.filter(({ kind }) => kind === 'interrupt' || kind === 'resume').map(({ kind, node }) => `${kind} ${node}`),
    ).toEqual(['interrupt review', 'resume review', 'interrupt confirm', 'resume confirm'])
  })

  test('keeps 3 interrupts waiting at once, resumes them by id in any order, and asks one node twice', async () => {
    const run = await start<{ votes: string[] }>('panel', { people: ['ada', 'bob', 'cyd'] })
    expect(await waitingIds(run, 3)).toEqual(['ask#1', 'ask#2', 'ask#3'])
    await run.resume('ask#2', 'no')
    const again = await vi.waitFor(async () => {
      const waiting = await run.interrupts()
      expect(waiting.map(({ value }) => value)).toContain('bob, sure?')
      return waiting
    }, 10_000)
    expect(again.map(({ id, value }) => [id, value])).toEqual([
      ['ask#1', 'ada?'],
      ['ask#4', 'bob, sure?'],
      ['ask#3', 'cyd?'],
    ])
    for (const id of ['ask#3', 'ask#1', 'ask#4']) await run.resume(id, 'yes')
    for (const id of await waitingIds(run, 2)) await run.resume(id, 'really')
    expect((await run.result()).votes).toEqual(['ada: yes really', 'bob: no yes', 'cyd: yes really'])
  })

  test('refuses an answer to an unknown id, and a second answer, but takes the same answer twice', async () => {
    const run = await start('panel', { people: ['ada'] })
    await waitingIds(run, 1)
    await expect(run.resume('ask#9', 'yes')).rejects.toMatchObject({
      code: 'graph/unknown-interrupt',
      facts: { waiting: ['ask#1'] },
    })
    await run.resume('ask#1', 'yes')
    await run.resume('ask#1', 'yes')
    await expect(run.resume('ask#1', 'no')).rejects.toMatchObject({ code: 'graph/unknown-interrupt' })
    await run.cancel()
    await expect(run.result()).rejects.toMatchObject({ code: 'graph/cancelled' })
  })

  test('carries messages with tool calls and usage through every payload boundary', async () => {
    const run = await start<{ messages: BaseMessage[] }>('agent', {
      messages: [new HumanMessage({ id: 'h-1', content: 'four' })],
    })
    const { messages } = await run.result()
    expect(messages.map((m) => [m.getType(), m.text])).toEqual([
      ['human', 'four'],
      ['ai', ''],
      ['tool', '4'],
      ['ai', 'it is 4'],
    ])
    expect(messages[1]).toBeInstanceOf(AIMessage)
    expect(messages[1]).toMatchObject({ usage_metadata: { total_tokens: 7 }, tool_calls: [{ name: 'measure' }] })
  })

  test('streams the log of a run of 3 steps in order, each event once, and ends with it', async () => {
    const run = await start('journal', { n: 0, until: 3, ms: 100, file: join(folder, 'stream.txt') })
    const seen = []
    for await (const event of run.stream()) seen.push(event)
    expect(seen.map(({ seq, kind }) => `${seq} ${kind}`)).toEqual(['0 node', '1 node', '2 node', '3 end'])
    expect(seen).toEqual((await run.events()).events)
  })

  test('a cancel reaches the activity, which ends cleanly before the run does', async () => {
    const file = join(folder, 'cancel.txt')
    const run = await start('stuck', { n: 0, until: 1, file })
    await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toBe('started\n'), 10_000)
    await run.cancel()
    await expect(run.result()).rejects.toMatchObject({ code: 'graph/cancelled' })
    expect(await readFile(file, 'utf8')).toBe('started\ncancelled\n')
  })
})

describe('what fails', () => {
  const codeOf = async (workflow: string, input: unknown) => {
    const run = await start(workflow, input)
    const error = findError(
      await run.result().then(
        () => undefined,
        (failure: unknown) => failure,
      ),
    )
    const { events } = await env.client.workflow.getHandle(run.id).fetchHistory()
    const attempts = events!.filter((event) => event.activityTaskStartedEventAttributes).at(-1)
      ?.activityTaskStartedEventAttributes?.attempt
    return { code: error?.code, facts: error?.facts, tryThis: error?.tryThis, attempts }
  }

  test('a coded error of an activity is found on the client with its facts; it is tried once, or 3 times where a retry can help', async () => {
    const found = {
      code: 'payment/underfunded',
      facts: { askedWei: '5', offeredWei: '3' },
      tryThis: 'ask for a fresh quote',
    }
    expect(await codeOf('refused', { n: 0, until: 1, retry: false })).toEqual({ ...found, attempts: 1 })
    expect(await codeOf('refused', { n: 0, until: 1, retry: true })).toEqual({ ...found, attempts: 3 })
  })

  test('a node that throws, an update that no payload holds and a loop past 40 steps each fail the run with a code', async () => {
    expect(await codeOf('faulty', { how: 'throw' })).toMatchObject({ code: 'graph/node-failed' })
    expect(await codeOf('faulty', { how: 'bigint' })).toMatchObject({
      code: 'graph/payload',
      facts: { path: '$.value' },
    })
    expect(await codeOf('counter', { n: 0, until: 60 })).toMatchObject({ code: 'graph/recursion-limit' })
  })
})

describe('replay of a history', () => {
  test('finds nothing in the histories of all runs above, at least 8', async () => {
    let replayed = 0
    for await (const { workflowId, status } of env.client.workflow.list()) {
      if (status.name === 'RUNNING') continue
      const history = historyToJson(await env.client.workflow.getHandle(workflowId).fetchHistory())
      expect(await replayHistory({ bundle, history, workflowId }), workflowId).toBeUndefined()
      replayed++
    }
    expect(replayed).toBeGreaterThanOrEqual(8)
  })

  test('names the first difference when a result is edited from 2 to 3, or an activity is renamed', async () => {
    const run = await start('counter', { n: 0, until: 3 })
    await run.result()
    const history = historyToJson(await env.client.workflow.getHandle(run.id).fetchHistory())
    const replay = (json: string) => replayHistory({ bundle, history: JSON.parse(json) as unknown, workflowId: run.id })
    const [two, three] = ['{"n":2}', '{"n":3}'].map((text) => Buffer.from(text).toString('base64'))
    const text = JSON.stringify(history)
    expect(await replay(text)).toBeUndefined()
    const edited = text.replace(`"data":"${two}"`, `"data":"${three}"`)
    expect(edited).not.toBe(text)
    expect(await replay(edited)).toMatchObject({ what: expect.stringContaining('entry'), replayed: expect.any(String) })
    expect(await replay(text.replaceAll('"increment"', '"other"'))).toMatchObject({ what: 'entry 0' })
    await expect(replay('{"events":[]}')).rejects.toMatchObject({ code: 'graph/history-unreadable' })
  })
})
