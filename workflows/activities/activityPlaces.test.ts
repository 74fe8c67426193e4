import { fileURLToPath } from 'node:url'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { temporalServer } from '../graph/testing/temporalServer.ts'
import { noGraphs, testBundle } from '../graph/testing/testBundle.ts'
import { testBlobs } from '../graph/testing/testBlobs.ts'
import { createWorker } from '../graph/worker/index.ts'
import { activityPlaces } from './activityPlaces.ts'

let env: TestWorkflowEnvironment
beforeAll(async () => {
  env = await temporalServer()
})
afterAll(() => env?.teardown())

test('6 tools that wait for workflows leave a worker of 2 places to what these do, of which never more than 2 are at work', async () => {
  const graphs = noGraphs(await testBundle(fileURLToPath(new URL('../graph/testing/workflows.ts', import.meta.url))))
  const taskQueue = 'places'
  let atWork = 0
  let most = 0
  let begun = 0
  const all = Promise.withResolvers<void>()
  const tools = {
    // All six are at work before one of them starts the workflow for which it waits, on the same queue.
    flaky: async ({ n }: { n: number }) => {
      if (++begun === 6) all.resolve()
      await all.promise
      const args = [{ n, until: n + 1 }]
      const ended = await env.client.workflow.execute('plainCounter', {
        taskQueue,
        workflowId: `inner-${n}`,
        args,
        workflowIdConflictPolicy: 'USE_EXISTING', // an attempt may have been cut
      })
      return ended as unknown
    },
    increment: async ({ n }: { n: number }) => {
      most = Math.max(most, ++atWork)
      await setTimeout(50)
      atWork--
      return { n: n + 1 }
    },
  }
  const worker = await createWorker({
    graphs,
    tools,
    connection: env.nativeConnection,
    taskQueue,
    blobs: testBlobs,
    tuner: activityPlaces({ places: 2, waits: (activity) => activity === 'flaky' }),
  })
  await worker.runUntil(async () => {
    const outer = [0, 10, 20, 30, 40, 50].map((n) =>
      env.client.workflow.execute('flaky', {
        taskQueue,
        workflowId: `outer-${n}`,
        args: [{ n, until: n + 1, how: '' }],
      }),
    )
    expect(await Promise.all(outer)).toMatchObject([1, 11, 21, 31, 41, 51].map((n) => ({ n })))
  })
  expect(begun).toBeGreaterThanOrEqual(6)
  expect(most).toBeLessThanOrEqual(2)
})
