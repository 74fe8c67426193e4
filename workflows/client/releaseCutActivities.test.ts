import type { Client } from '@temporalio/client'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporalServer } from '../graph/testing/temporalServer.ts'
import { releaseCutActivities } from './releaseCutActivities.ts'

let env: TestWorkflowEnvironment
beforeAll(async () => (env = await temporalServer()))
afterAll(() => env?.teardown())

/** The list of a server runs behind: it may name what has ended or is gone. */
function listing(...executions: { workflowId: string; runId: string }[]): Client {
  const workflow = { list: () => executions, getHandle: (id: string, run: string) => env.client.workflow.getHandle(id, run) } // prettier-ignore
  const { workflowService, options, activity } = env.client
  return { workflow, workflowService, options, activity } as unknown as Client
}

test('of 2 workflows that the list still names, the one that has ended in the meantime is passed over', async () => {
  const start = (workflowId: string) => env.client.workflow.start('nothing', { taskQueue: 'nobody', workflowId })
  const [ended, running] = [await start('ended'), await start('running')]
  await ended.terminate()
  const both = [ended, running].map(({ workflowId, firstExecutionRunId: runId }) => ({ workflowId, runId }))
  expect(await releaseCutActivities(listing(...both))).toBe(0)
  await running.terminate()
})
