import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import type { InjectedSinks, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { canonicalAction } from '../../kernel/index.ts'
import { createClient, type GraphClient } from './client/index.ts'
import { graphVerdict } from './protocol.ts'
import { activities } from './testing/activities.ts'
import { approvalActivities } from './testing/approvalActivities.ts'
import type { MomentSinks } from './testing/momentGraphs.ts'
import { temporalServer } from './testing/temporalServer.ts'
import { testBlobs } from './testing/testBlobs.ts'
import { testBundle } from './testing/testBundle.ts'
import { createWorker, type WorkflowBundle } from './worker/index.ts'

// What reaches a graph in the very workflow task in which it goes on in a new workflow run.

let env: TestWorkflowEnvironment
let bundle: WorkflowBundle
let graphs: GraphClient
let worker: Worker
let running: Promise<void>
/** What is done at a moment, before the workflow task is handed in. */
const at = new Map<string, () => Promise<unknown>>()

beforeAll(async () => {
  bundle = await testBundle(fileURLToPath(new URL('./testing/momentGraphs.ts', import.meta.url)))
  env = await temporalServer()
  graphs = await createClient({ client: env.client, taskQueue: 'meetings' })
  const reached = async ({ workflowId }: { workflowId: string }, what: string) => {
    const act = at.get(`${workflowId} ${what}`)
    at.delete(`${workflowId} ${what}`)
    await act?.()
  }
  const sinks: InjectedSinks<MomentSinks> = { moment: { reached: { fn: reached, callDuringReplay: false } } }
  const tools = { ...activities, ...approvalActivities }
  const connection = env.nativeConnection
  worker = await createWorker({ graphs: bundle, tools, blobs: testBlobs, connection, taskQueue: 'meetings', sinks })
  running = worker.run()
})
afterAll(async () => {
  worker?.shutdown()
  await running
  await env?.teardown()
})

/** The histories of all workflow runs of an id, the oldest first. */
async function chainOf(id: string) {
  const all = []
  const { raw } = await env.client.workflow.getHandle(id).describe()
  for (let runId: string | null | undefined = raw.workflowExecutionInfo!.firstRunId; runId;) {
    const events = (await env.client.workflow.getHandle(id, runId).fetchHistory()).events!
    all.push(events)
    runId = events.at(-1)!.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId
  }
  return all
}
// UNHANDLED_COMMAND: the server takes no end of a run in which something has come that it did not hear.
const unheard = 1

test('a signal that comes while the end of a run is being handed in is heard there first, and goes along: at each of 3 ends', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'meetings-')), 'bought')
  for (const moment of [1, 2, 3]) {
    const id = `leaver-${moment}`
    const { digest } = canonicalAction({ buy: 'hat', wei: '100', workflow: id, step: 'leaver/buy#1' })
    let sent = 0
    at.set(`${id} added ${moment}`, async () => {
      await env.client.workflow.getHandle(id).signal(graphVerdict, { verdict: 'approve', digest })
      sent++
    })
    await graphs.start('leaver', { n: 0, until: 4, item: 'hat', file }, { id })
    expect(await graphs.result(id)).toMatchObject({ n: 4, bought: ['hat for 100'] })
    expect(sent).toBe(1)
    const failed = (await chainOf(id)).map((events) =>
      events.flatMap(({ workflowTaskFailedEventAttributes: failure }) => (failure ? [failure.cause] : [])),
    )
    expect(failed.length).toBeGreaterThanOrEqual(3)
    expect(failed.flat()).toEqual([unheard])
    expect(failed[moment - 1]).toEqual([unheard])
  }
  expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(4)
}, 120_000)

test('a cancel that comes while the end of a run is being handed in ends the graph: at each of 2 ends', async () => {
  for (const moment of [1, 2]) {
    const id = `cancelled-${moment}`
    at.set(`${id} added ${moment}`, () => graphs.cancel(id))
    await graphs.start('leaver', { n: 0, until: 1_000, item: 'hat', file: '' }, { id })
    await expect(graphs.result(id)).rejects.toMatchObject({ code: 'graph/cancelled' })
    expect(await chainOf(id)).toHaveLength(moment)
  }
})

test('7 branches that end in the last workflow task of a run are all in the log', async () => {
  const id = 'crowd-1'
  const pending = async () => (await env.client.workflow.getHandle(id).describe()).raw.pendingActivities ?? []
  // The first has ended: its task is handed in when the others have ended too, so they come together in the next one.
  at.set(`${id} added`, () => vi.waitFor(async () => expect(await pending()).toHaveLength(0), { timeout: 20_000 }))
  await graphs.start('crowd', {}, { id })
  expect(await graphs.result(id)).toEqual({ n: 8 })
  const { events } = await graphs.events(id)
  expect(events.map(({ node, kind }) => node || kind)).toEqual([...Array<string>(8).fill('add'), 'tell', 'end'])
  expect(await chainOf(id)).toHaveLength(2)
})

test('8 people who answer twice are each heard twice: each first answer while that before is heard, then all at once, over several runs', async () => {
  const people = Array.from({ length: 8 }, (_, i) => `p${i + 1}`)
  const id = 'votes-1'
  await graphs.start('votes', { people }, { id })
  const asked = async (text: string) => {
    for (;;) {
      const waiting = await graphs.interrupts(id)
      const mine = waiting.find(({ value }) => value === text)
      if (mine !== undefined) return mine.id
    }
  }
  // While the first answer of one is heard, that of the next is on its way: it meets the end of that run.
  const answers: Promise<void>[] = []
  const answer = async (person: string) => graphs.resume(id, await asked(`${person}?`), 'yes')
  for (const [i, person] of people.slice(0, -1).entries()) {
    at.set(`${id} ${person} yes`, async () => {
      answers.push(answer(people[i + 1]!))
      await setTimeout(100) // some of them arrive in this time, some later
    })
  }
  answers.push(answer(people[0]!))
  await vi.waitFor(() => expect(answers).toHaveLength(8), { timeout: 50_000 })
  await Promise.all(answers)
  await Promise.all(people.map(async (person) => graphs.resume(id, await asked(`${person}, sure?`), `sure ${person}`)))
  const { votes } = await graphs.result<{ votes: string[] }>(id)
  expect(votes).toEqual(people.map((person) => `${person}: yes sure ${person}`))
  expect((await chainOf(id)).length).toBeGreaterThanOrEqual(2)
  const { events } = await graphs.events(id)
  expect(events.filter(({ kind }) => kind === 'resume')).toHaveLength(16)
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i))
}, 120_000)
