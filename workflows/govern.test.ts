import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporalServer } from './graph/testing/temporalServer.ts'
import { noGraphs, testBundle } from './graph/testing/testBundle.ts'
import { createWorker, type WorkflowBundle } from './graph/worker/index.ts'

const proposal = `0x${'12'.repeat(32)}`
const taskQueue = 'govern'
let env: TestWorkflowEnvironment
let bundle: WorkflowBundle
beforeAll(async () => {
  bundle = await testBundle(fileURLToPath(new URL('index.ts', import.meta.url)))
  env = await temporalServer()
}, 120_000)
afterAll(() => env?.teardown())

/** A chain of one proposal whose voting lasts two seconds and whose timelock one, and what was done to it. */
function chainOf(passes: boolean) {
  const began = Date.now() / 1_000
  const done: string[] = []
  let queuedAt: number | undefined
  const state = () => {
    const now = Date.now() / 1_000
    if (done.includes('execute')) return 'executed'
    if (queuedAt !== undefined) return 'queued'
    if (now < began + 1) return 'pending'
    if (now < began + 2) return 'active'
    return passes ? 'succeeded' : 'defeated'
  }
  const activities = {
    proposal_status: async () => ({
      state: state(),
      votesFrom: Math.ceil(began + 1),
      votesUntil: Math.ceil(began + 2),
      readyAt: queuedAt === undefined ? null : Math.ceil(queuedAt + 1),
      now: Math.floor(Date.now() / 1_000),
    }),
    queue_proposal: async () => {
      done.push('queue')
      queuedAt = Date.now() / 1_000
    },
    execute_proposal: async () => void done.push('execute'),
  }
  return { activities, done }
}

async function follow(passes: boolean, { cut = false } = {}) {
  const { activities, done } = chainOf(passes)
  const workflowId = `govern/${proposal}/${passes}/${cut}`
  const handle = await env.client.workflow.start('govern', { taskQueue, workflowId, args: [proposal] })
  for (const last of cut ? [false, true] : [true]) {
    const worker = await createWorker({
      graphs: noGraphs(bundle),
      tools: activities,
      connection: env.nativeConnection,
      taskQueue,
    })
    const running = worker.run()
    await (last ? handle.result() : new Promise((resolve) => setTimeout(resolve, 700)))
    worker.shutdown()
    await running
  }
  return { ended: (await handle.result()) as { state: string }, done }
}

test('a proposal that is passed is queued and executed, once each, after its times', async () => {
  const { ended, done } = await follow(true)
  expect([ended.state, done]).toEqual(['executed', ['queue', 'execute']])
}, 60_000)

test('its timers go on under another worker: one that was stopped while voting lasts loses nothing', async () => {
  const { ended, done } = await follow(true, { cut: true })
  expect([ended.state, done]).toEqual(['executed', ['queue', 'execute']])
}, 60_000)

test('one that is defeated is left alone', async () => {
  const { ended, done } = await follow(false)
  expect([ended.state, done]).toEqual(['defeated', []])
}, 60_000)
