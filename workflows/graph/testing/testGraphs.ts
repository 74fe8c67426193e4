import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { expect, vi } from 'vitest'
import { createClient, type GraphClient, type RunId } from '../client/index.ts'
import { createWorker, type WorkflowBundle } from '../worker/index.ts'
import { activities } from './activities.ts'
import { temporalServer } from './temporalServer.ts'
import { testBlobs } from './testBlobs.ts'
import { testBundle } from './testBundle.ts'

/** A server, a worker with the graphs of the tests, and a client that starts them under ids of their own. */
export type TestGraphs = {
  env: TestWorkflowEnvironment
  bundle: WorkflowBundle
  graphs: GraphClient
  start: <State>(graph: string, input: unknown) => Promise<RunId<State>>
  /** The ids that wait for an answer, once there are so many. */
  waiting: (id: string, count: number) => Promise<string[]>
  close: () => Promise<void>
}

export async function openTestGraphs(taskQueue: string, tools: object = activities): Promise<TestGraphs> {
  const bundle = await testBundle(fileURLToPath(new URL('./workflows.ts', import.meta.url)))
  const env = await temporalServer()
  const connection = env.nativeConnection
  const worker = await createWorker({ graphs: bundle, tools, connection, taskQueue, blobs: testBlobs })
  const running = worker.run()
  const graphs = await createClient({ client: env.client, taskQueue })
  let runs = 0
  return {
    env,
    bundle,
    graphs,
    start: <State>(graph: string, input: unknown) =>
      graphs.start<unknown, State>(graph, input, { id: `${graph}-${++runs}` }),
    waiting: (id, count) =>
      vi.waitFor(async () => {
        const ids = (await graphs.interrupts(id)).map((one) => one.id)
        expect(ids).toHaveLength(count)
        return ids
      }, 10_000),
    close: async () => {
      worker.shutdown()
      await running
      await env.teardown()
    },
  }
}
