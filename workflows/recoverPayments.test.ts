import { fileURLToPath } from 'node:url'
import { activityInfo } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { NativeConnection } from '@temporalio/worker'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { temporalServer } from './graph/testing/temporalServer.ts'
import { testBundle } from './graph/testing/testBundle.ts'
import { createWorker, type WorkflowBundle } from './graph/worker/index.ts'

let env: TestWorkflowEnvironment
let bundle: WorkflowBundle
let connection: NativeConnection
beforeAll(async () => {
  bundle = await testBundle(fileURLToPath(new URL('recoverPayments.ts', import.meta.url)))
  env = await temporalServer()
  connection = await NativeConnection.connect({ address: env.address })
})
afterAll(async () => {
  await connection.close()
  await env.teardown()
})

test('a server that starts wakes the one workflow that looks after payments; each look is an effect of its own, also after one that failed', async () => {
  const steps: string[] = []
  const activities = {
    recover_payments: async (_: object, step: string) => {
      steps.push(step)
      expect(activityInfo().workflowType).toBe('recoverPayments')
      if (steps.length === 2)
        throw ApplicationFailure.create({ type: 'chain/x', nonRetryable: true, message: 'no chain' })
    },
  }
  const taskQueue = 'payments'
  const worker = await createWorker({ connection, taskQueue, graphs: bundle, tools: activities, namespace: 'default' })
  const running = worker.run()
  const wake = () =>
    env.client.workflow.signalWithStart('recoverPayments', {
      workflowId: 'recover-payments',
      taskQueue,
      args: [],
      signal: 'lookNow',
      signalArgs: [],
    })
  for (let round = 1; round <= 3; round++) {
    const { workflowId } = await wake()
    expect(workflowId).toBe('recover-payments')
    await vi.waitFor(() => expect(steps.length).toBeGreaterThanOrEqual(round), 20_000)
  }
  expect(new Set(steps).size).toBe(steps.length)
  await env.client.workflow.getHandle('recover-payments').terminate()
  worker.shutdown()
  await running
})
