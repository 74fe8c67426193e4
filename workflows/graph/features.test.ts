import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AIMessage, HumanMessage, type BaseMessage } from '@langchain/core/messages'
import { Client } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { emit, interrupt } from './activity/index.ts'
import { createClient } from './client/index.ts'
import { activities } from './testing/activities.ts'
import { createWorker, historyToJson, replayHistory } from './worker/index.ts'
import { openTestGraphs, type TestGraphs } from './testing/testGraphs.ts'

let it: TestGraphs
beforeAll(async () => {
  it = await openTestGraphs('features')
})
afterAll(() => it?.close())

/** What a run left: its state and log; and its history replays to both. */
async function finished<State>(id: string) {
  const state = await it.graphs.result<State>(id)
  const { events } = await it.graphs.events(id)
  const history = historyToJson(await it.env.client.workflow.getHandle(id).fetchHistory())
  expect(await replayHistory({ bundle: it.bundle, history, workflowId: id, events })).toBeUndefined()
  return { state, events }
}
const said = (events: { kind: string; data: unknown }[], kind: string) =>
  events.filter((event) => event.kind === kind).map(({ data }) => data)
const sorted = (all: unknown[]) => all.map(String).toSorted()

describe('Command with update and goto', () => {
  test('goes from an activity to a node of the sandbox, into a subgraph, and from its activity back to the parent: 4 moves', async () => {
    const id = await it.start('router', { text: 'abc' })
    const { state } = await finished<{ kind: string; way: string[] }>(id)
    expect(state).toMatchObject({ kind: 'short', way: ['classified', 'short abc', 'left', 'last'] })
    const other = await it.start('router', { text: 'abcdef' })
    expect((await finished<{ way: string[] }>(other)).state.way).toEqual(['classified', 'long'])
  })
})

describe('an interrupt raised in an activity', () => {
  test('waits twice for each of 2 people at once, goes on under the same step, and is told by id', async () => {
    const id = await it.start('clerk', { people: ['one', 'two'] })
    expect(await it.waiting(id, 2)).toEqual(['ask#1', 'ask#2'])
    await it.graphs.resume(id, 'ask#2', 'Bob')
    await vi.waitFor(async () => {
      expect((await it.graphs.interrupts(id)).map(({ value }) => value)).toEqual([
        'one, your name?',
        'Bob, are you sure?',
      ])
    }, 10_000)
    await it.graphs.resume(id, 'ask#3', 'yes')
    await it.graphs.resume(id, 'ask#1', 'Ada')
    await vi.waitFor(async () => {
      expect((await it.graphs.interrupts(id)).map(({ value }) => value)).toEqual(['Ada, are you sure?'])
    }, 10_000)
    await it.graphs.resume(id, 'ask#4', 'no')
    const { state, events } = await finished<{ said: string[] }>(id)
    expect(state.said).toEqual(['one is Ada, no, under clerk/ask#1', 'two is Bob, yes, under clerk/ask#2'])
    // Each event of a step once, though the activity was called three times for it.
    expect(sorted(said(events, 'custom'))).toEqual([
      'Ada is asked again',
      'Bob is asked again',
      'one is greeted',
      'two is greeted',
    ])
  })
})

describe('messages', () => {
  test('a ToolNode in an activity answers both tool calls, and usage of 11 tokens comes through every boundary', async () => {
    const id = await it.start('toolUser', { messages: [new HumanMessage('sums, please')] })
    const { messages } = (await finished<{ messages: BaseMessage[] }>(id)).state
    expect(messages.map((message) => [message.getType(), message.text])).toEqual([
      ['human', 'sums, please'],
      ['ai', ''],
      ['tool', '11'],
      ['tool', '12'],
      ['ai', '11 and 12'],
    ])
    expect(messages[1]).toBeInstanceOf(AIMessage)
    expect(messages[1]).toMatchObject({
      usage_metadata: { total_tokens: 11 },
      tool_calls: [{}, { args: { a: 2, b: 10 } }],
    })
  })
})

describe('a state with a schema', () => {
  test('is kept by outputs that fit it', async () => {
    const id = await it.start('typed', { how: 'fine' })
    expect((await finished(id)).state).toEqual({ how: 'fine', n: 3, tags: ['a', 'a'] })
  })
  test.each([
    ['type', { node: 'inside', path: 'n' }],
    ['tag', { node: 'inside', path: 'tags' }],
    ['outside', { node: 'outside', path: 'n' }],
  ])('fails at the output of the node that breaks it: %s', async (how, facts) => {
    const id = await it.start('typed', { how })
    await expect(it.graphs.result(id)).rejects.toMatchObject({ code: 'graph/invalid-state', facts })
  })
  test('fails when its reducers make more than 3 tags, before the next node runs', async () => {
    const id = await it.start('typed', { how: 'many', tags: 'x' })
    await expect(it.graphs.result(id)).rejects.toMatchObject({
      code: 'graph/invalid-state',
      facts: { node: '', path: 'tags' },
    })
    expect((await it.graphs.state(id)).calls).toBe(1)
  })
})

describe('activities', () => {
  test('10 local ones take one workflow task together, and no activity task', async () => {
    const id = await it.start('localCounter', { n: 0, until: 10 })
    expect((await finished<{ n: number }>(id)).state.n).toBe(10)
    const { events } = await it.env.client.workflow.getHandle(id).fetchHistory()
    expect(events!.filter((event) => event.activityTaskScheduledEventAttributes)).toHaveLength(0)
    expect(events!.filter((event) => event.workflowTaskCompletedEventAttributes).length).toBeLessThanOrEqual(2)
  })
  test('one that fails twice is tried 3 times, and what it emits is logged once', async () => {
    const id = await it.start('flaky', { n: 0, until: 1 })
    const { state, events } = await finished<{ n: number }>(id)
    expect(state.n).toBe(1)
    expect(said(events, 'custom')).toEqual([{ n: 0, attempt: 'each' }])
  })
  test.each(['bigint', 'function'])('one that returns a %s fails the run with graph/payload', async (how) => {
    const id = await it.start('badOutput', { n: 0, until: 1, how })
    await expect(it.graphs.result(id)).rejects.toMatchObject({ code: 'graph/payload', facts: { path: '$.n' } })
  })
  test('a cancel reaches 2 that are under way, and stops the graph', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'features-'))
    const files = ['a', 'b'].map((name) => join(folder, name))
    const id = await it.start('twoStuck', { files })
    const texts = () => Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')))
    await vi.waitFor(async () => expect(await texts()).toEqual(['started\n', 'started\n']), 10_000)
    await it.graphs.cancel(id)
    await expect(it.graphs.result(id)).rejects.toMatchObject({ code: 'graph/cancelled' })
    expect(await texts()).toEqual(['started\ncancelled\n', 'started\ncancelled\n'])
  })
})

describe('what a caller does wrong', () => {
  test('a graph that nobody has fails at once with its name', async () => {
    const id = await it.start('noGraphOfOurs', {})
    await expect(it.graphs.result(id)).rejects.toMatchObject({
      code: 'graph/unknown-graph',
      facts: { graph: 'noGraphOfOurs' },
    })
  })
  test('6 calls with a wrong id, a used id, an input or an answer that no payload holds, or no name are refused', async () => {
    const id = await it.start('localCounter', { n: 0, until: 1 })
    await it.graphs.result(id)
    const { graphs } = it
    for (const [code, call] of [
      ['graph/unknown-run', () => graphs.state('nobody')],
      ['graph/unknown-run', () => graphs.cancel('nobody')],
      ['graph/already-started', () => graphs.start('localCounter', { n: 0, until: 1 }, { id })],
      ['graph/payload', () => graphs.start('localCounter', { n: 1n }, { id: 'other' })],
      ['graph/payload', () => graphs.resume(id, 'ask#1', () => 1)],
      ['graph/nameless', () => graphs.start(async () => 1, {}, { id: 'another' })],
    ] as const) {
      await expect(call()).rejects.toMatchObject({ code })
    }
  })
})

describe('what an operator does wrong', () => {
  const connection = () => it.env.nativeConnection
  test('a worker without the tools that its graphs call, or without a server, does not start', async () => {
    const { increment: _, ...others } = activities
    const start = (more: object) => createWorker({ graphs: it.bundle, tools: activities, ...more })
    await expect(start({ tools: others, connection: connection() })).rejects.toMatchObject({
      code: 'graph/unknown-tool',
      facts: { missing: ['increment'] },
    })
    await expect(start({ address: '127.0.0.1:9' })).rejects.toMatchObject({ code: 'graph/unreachable', retry: true })
    await expect(createClient({ address: '127.0.0.1:9' })).rejects.toMatchObject({ code: 'graph/unreachable' })
  })
  test('a client that would read messages as plain objects is refused', async () => {
    const client = new Client({ connection: it.env.connection })
    await expect(createClient({ client })).rejects.toMatchObject({ code: 'graph/converter' })
  })
  test('tools that are called by nobody refuse to emit or ask', () => {
    for (const call of [() => emit(1), () => interrupt('?')])
      expect(call).toThrow(expect.objectContaining({ code: 'graph/no-node' }))
  })
})
