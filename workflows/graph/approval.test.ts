import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  canonicalAction,
  digestText,
  findError,
  type ApprovalRequest,
  type ApprovalVerdict,
} from '../../kernel/index.ts'
import { graphVerdict } from './protocol.ts'
import { approvalActivities } from './testing/approvalActivities.ts'
import { runOf } from './testing/runOf.ts'
import { temporalServer } from './testing/temporalServer.ts'
import { testBlobs } from './testing/testBlobs.ts'
import { testBundle } from './testing/testBundle.ts'
import { createWorker, historyToJson, replayHistory, type WorkflowBundle } from './worker/index.ts'

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url))
let env: TestWorkflowEnvironment
let bundle: WorkflowBundle
let folder: string
let worker: Awaited<ReturnType<typeof createWorker>>
let running: Promise<void>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'approval-'))
  bundle = await testBundle(beside('./testing/approvalWorkflows.ts'))
  env = await temporalServer()
  const connection = env.nativeConnection
  const options = { graphs: bundle, tools: approvalActivities, blobs: testBlobs, taskQueue: 'approvals' }
  worker = await createWorker({ ...options, connection })
  running = worker.run()
})
afterAll(async () => {
  worker?.shutdown()
  await running
  await env?.teardown()
})

type Bought = { bought: string[]; refused?: string }
let runs = 0

async function start(more: object = {}, workflow = 'purchase', taskQueue = 'approvals') {
  const id = `${workflow}-${++runs}`
  const file = join(folder, id)
  await env.client.workflow.start(workflow, { taskQueue, workflowId: id, args: [{ item: 'hat', file, ...more }] })
  const handle = await runOf<Bought>(env.client, id)
  const lines = async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean)
  return { id, file, handle, lines }
}

/** The one action that waits. */
const asked = ({ interrupts }: Pick<Awaited<ReturnType<typeof runOf>>, 'interrupts'>) =>
  vi.waitFor(
    async () => {
      const waiting = await interrupts()
      expect(waiting).toHaveLength(1)
      return { id: waiting[0]!.id, node: waiting[0]!.node, ...(waiting[0]!.value as ApprovalRequest) }
    },
    { timeout: 20_000, interval: 50 },
  )
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (failure: unknown) => findError(failure)?.code,
  )
async function replays(id: string): Promise<void> {
  const history = historyToJson(await env.client.workflow.getHandle(id).fetchHistory())
  expect(await replayHistory({ bundle, history, workflowId: id })).toBeUndefined()
}

describe('an activity that needs an approval pauses its graph', () => {
  test('shows its RFC 8785 text, goes on when that digest is approved, and acts once', async () => {
    const { id, handle, lines } = await start()
    const { node, action, digest, ...rest } = await asked(handle)
    expect(action).toBe(`{"buy":"hat","step":"purchase/buy#1","wei":"100","workflow":"${id}"}`)
    expect([node, digest, rest.id, rest.expiresAtMs]).toEqual(['buy', digestText(action), digest, null])
    // The node beside it has run: only what needs somebody waits.
    expect(await handle.state()).toMatchObject({ status: 'waiting', interrupts: [{ id: digest }], calls: 2 })
    expect(await lines()).toEqual([])
    await handle.resume(digest, { verdict: 'approve', digest })
    expect((await handle.result()).bought.toSorted()).toEqual(['hat for 100', 'saw hat'])
    expect(await lines()).toEqual(['purchase/buy#1 hat 100'])
    const { events } = await handle.events()
    expect(events.filter(({ kind }) => kind === 'interrupt' || kind === 'resume').map(({ node }) => node)).toEqual([
      'buy',
      'buy',
    ])
    // The same word again is the same update; once it is taken, nothing waits.
    await handle.resume(digest, { verdict: 'approve', digest })
    await replays(id)
  })

  test('denied, nothing is done, and the graph hears approval/denied', async () => {
    const { id, handle, lines } = await start()
    const { digest } = await asked(handle)
    await handle.resume(digest, { verdict: 'deny', digest, reason: 'too dear' })
    expect(await handle.result()).toMatchObject({ bought: ['saw hat'], refused: 'approval/denied' })
    expect(await lines()).toEqual([])
    await replays(id)
  })

  test('after 1.2 s in which nobody answers it is approval/expired, by a timer of the workflow', async () => {
    const { id, handle, lines } = await start({ expiresInMs: 1_200 })
    expect((await asked(handle)).expiresAtMs).toBeGreaterThan(0)
    expect(await handle.result()).toMatchObject({ refused: 'approval/expired' })
    expect(await lines()).toEqual([])
    const { events } = await env.client.workflow.getHandle(id).fetchHistory()
    expect(events?.some((event) => event.timerFiredEventAttributes)).toBe(true)
    await replays(id)
  })

  test('an action that changed after it was approved is approval/changed, and is not done', async () => {
    const { file, handle, lines } = await start()
    const { digest } = await asked(handle)
    await writeFile(`${file}.price`, '100000')
    await handle.resume(digest, { verdict: 'approve', digest })
    expect(await handle.result()).toMatchObject({ bought: ['saw hat'], refused: 'approval/changed' })
    expect(await lines()).toEqual([])
  })

  test('a verdict on another digest, one that is none and one for an unknown id are refused by code, and it goes on waiting', async () => {
    const { handle, lines } = await start()
    const { digest } = await asked(handle)
    const other = digestText('another action')
    expect(await codeOf(handle.resume(digest, { verdict: 'approve', digest: other }))).toBe('approval/changed')
    expect(await codeOf(handle.resume(digest, { verdict: 'yes', digest }))).toBe('approval/bad-verdict')
    expect(await codeOf(handle.resume(digest, null))).toBe('approval/bad-verdict')
    expect(await codeOf(handle.resume(other, { verdict: 'approve', digest: other }))).toBe('graph/unknown-interrupt')
    expect((await asked(handle)).digest).toBe(digest)
    expect(await lines()).toEqual([])
    await handle.cancel()
    await expect(handle.result()).rejects.toThrow()
  })

  test('a plain workflow waits in the same way, and is answered by the same calls', async () => {
    const { id, handle, lines } = await start({}, 'plainPurchase')
    const { digest, node } = await asked(handle)
    expect(node).toBe('buy')
    expect(await codeOf(handle.resume(digest, { verdict: 'approve', digest: digestText('') }))).toBe('approval/changed')
    expect(await codeOf(handle.resume('nothing', { verdict: 'approve', digest }))).toBe('graph/unknown-interrupt')
    await handle.resume(digest, { verdict: 'approve', digest })
    expect(await handle.result()).toEqual(['hat for 100'])
    expect(await lines()).toEqual(['first hat 100'])
    await replays(id)
  })

  test('a verdict that comes before the question is heard when it is asked', async () => {
    const { id, handle, lines } = await start({}, 'purchase', 'early')
    const action = `{"buy":"hat","step":"purchase/buy#1","wei":"100","workflow":"${id}"}`
    const verdict = { verdict: 'approve', digest: digestText(action) } as const
    await env.client.workflow.getHandle(id).signal(graphVerdict, verdict)
    const options = { graphs: bundle, tools: approvalActivities, blobs: testBlobs, taskQueue: 'early' }
    const late = await createWorker({ ...options, connection: env.nativeConnection })
    await late.runUntil(async () =>
      expect((await handle.result()).bought.toSorted()).toEqual(['hat for 100', 'saw hat']),
    )
    expect(await lines()).toHaveLength(1)
  })

  test('killed while it waits and told while nobody works, it goes on when a worker is back, and acts once', async () => {
    const begin = () => spawn(process.execPath, [beside('./testing/approvalWorker.ts'), env.address, bundle.codePath, 'killed'], { stdio: 'ignore' }) // prettier-ignore
    const first = begin()
    const { id, handle, lines } = await start({}, 'purchase', 'killed')
    const { digest } = await asked(handle)
    first.kill('SIGKILL')
    await once(first, 'exit')
    const workflow = env.client.workflow.getHandle(id)
    // Twice, as somebody who is not sure; a signal reaches a workflow that nobody runs at the moment.
    await workflow.signal(graphVerdict, { verdict: 'approve', digest })
    await workflow.signal(graphVerdict, { verdict: 'approve', digest })
    expect(await lines()).toEqual([])
    const second = begin()
    expect((await handle.result()).bought.toSorted()).toEqual(['hat for 100', 'saw hat'])
    expect(await lines()).toEqual(['purchase/buy#1 hat 100'])
    await replays(id)
    second.kill('SIGKILL')
    await once(second, 'exit')
  }, 60_000)
})

test('a verdict that comes before its question goes along into the next workflow runs: the purchase of the last one is made', async () => {
  const id = 'early-verdict'
  const file = join(folder, id)
  const action = { buy: 'hat', wei: '100', workflow: id, step: 'laterPurchase/buy#1' }
  const { digest } = canonicalAction(action)
  // With the start, so before the first of the twelve looks; two of them fill a history.
  const handle = await env.client.workflow.signalWithStart<(input: object) => Promise<Bought>, [ApprovalVerdict]>(
    'laterPurchase',
    {
      taskQueue: 'approvals',
      workflowId: id,
      args: [{ item: 'hat', file }],
      signal: graphVerdict,
      signalArgs: [{ verdict: 'approve', digest }],
      workflowExecutionTimeout: '60 s',
    },
  )
  expect((await handle.result()).bought.at(-1)).toBe('hat for 100')
  const { raw } = await env.client.workflow.getHandle(id).describe()
  expect(raw.workflowExecutionInfo?.firstRunId).not.toBe(raw.workflowExecutionInfo?.execution?.runId)
  await replays(id)
})
