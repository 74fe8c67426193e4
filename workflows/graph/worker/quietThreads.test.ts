import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporalServer } from '../testing/temporalServer.ts'
import { noGraphs, testBundle } from '../testing/testBundle.ts'
import { testBlobs } from '../testing/testBlobs.ts'
import { createWorker } from './createWorker.ts'

const threads = createRequire(import.meta.url)('node:worker_threads') as { Worker: unknown }
let env: TestWorkflowEnvironment
beforeAll(async () => {
  env = await temporalServer()
})
afterAll(() => env?.teardown())

/** What Temporal's query for stack traces says of a graph that waits. */
async function traceOf(stackTraces: boolean): Promise<string> {
  const graphs = noGraphs(await testBundle(fileURLToPath(new URL('../testing/workflows.ts', import.meta.url))))
  const taskQueue = `traces-${stackTraces}`
  const worker = await createWorker({
    graphs,
    tools: {},
    connection: env.nativeConnection,
    taskQueue,
    blobs: testBlobs,
    stackTraces,
  })
  return worker.runUntil(async () => {
    const args = [{ people: ['Ada'], votes: [] }]
    const handle = await env.client.workflow.start('panel', { taskQueue, workflowId: taskQueue, args })
    const said = await handle.query<string>('__stack_trace').catch((failure: unknown) => String(failure))
    await handle.terminate()
    return said
  })
}

test('a worker has no hook into promises and says so to whoever asks for stack traces; with stackTraces it has them', async () => {
  const before = threads.Worker
  expect(await traceOf(false)).toContain('stack traces are not enabled')
  expect(threads.Worker).toBe(before)
  expect(await traceOf(true)).toMatch(/ {4}at /)
})
