import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ApplicationFailure } from '@temporalio/common'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { NativeConnection, type Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { temporalServer } from './graph/testing/temporalServer.ts'
import { testBundle } from './graph/testing/testBundle.ts'
import { createWorker, type WorkflowBundle } from './graph/worker/index.ts'

let env: TestWorkflowEnvironment
let bundle: WorkflowBundle
let connection: NativeConnection

beforeAll(async () => {
  bundle = await testBundle(fileURLToPath(new URL('postRoot.ts', import.meta.url)))
  env = await temporalServer()
  connection = await NativeConnection.connect({ address: env.address })
})
afterAll(async () => {
  await connection.close()
  await env.teardown()
})

type Look = { state: string; waitSeconds: number }

/** What the chain would say at each look, and what was done about it. */
function scripted(looks: Look[], options: { heldAtFinalise?: number; corrections?: boolean[] } = {}) {
  const done: string[] = []
  const corrections = [...(options.corrections ?? [])]
  let held = options.heldAtFinalise ?? 0
  const activities = {
    propose_root: async () => void done.push('propose'),
    root_status: async () => {
      const look = looks.shift()!
      done.push(look.state)
      return look
    },
    finalise_root: async () => {
      if (held-- > 0) throw ApplicationFailure.create({ type: 'chain/root-held', nonRetryable: true, message: 'held' })
      done.push('finalise')
    },
    correct_epoch: async () => {
      const changed = corrections.shift()!
      done.push(changed ? 'corrected' : 'as it was')
      return { changed }
    },
  }
  return { done, activities }
}

async function startWorker(activities: object, taskQueue: string): Promise<() => Promise<void>> {
  const worker: Worker = await createWorker({
    connection,
    taskQueue,
    graphs: bundle,
    tools: activities,
    namespace: 'default',
  })
  const running = worker.run()
  return async () => {
    worker.shutdown()
    await running
  }
}

const ready = { state: 'ready', waitSeconds: 0 }

test('the window is a timer: with no worker at all it passes, and nothing that was done is done again', async () => {
  const { done, activities } = scripted([{ state: 'proposed', waitSeconds: 3 }, ready])
  const stop = await startWorker(activities, 'window')
  const handle = await env.client.workflow.start('postRoot', { taskQueue: 'window', workflowId: 'window', args: [1] })
  const timers = async () => (await handle.fetchHistory()).events?.filter((event) => event.timerStartedEventAttributes)
  // What the last look said has reached the workflow once its timer runs.
  await vi.waitFor(async () => expect(await timers()).toHaveLength(1), 20_000)
  expect(done).toEqual(['propose', 'proposed'])
  await stop()
  await delay(4_000)
  expect(done).toEqual(['propose', 'proposed'])
  const stopAgain = await startWorker(activities, 'window')
  await handle.result()
  await stopAgain()
  expect(done).toEqual(['propose', 'proposed', 'ready', 'finalise'])
}, 60_000)

test('a held root waits; one that is gone is proposed again; one that is held at the last moment is looked at again', async () => {
  const { done, activities } = scripted(
    [
      { state: 'held', waitSeconds: 1 },
      { state: 'held', waitSeconds: 1 },
      { state: 'gone', waitSeconds: 0 },
      ready,
      { state: 'held', waitSeconds: 1 },
      ready,
    ],
    { heldAtFinalise: 1 },
  )
  const stop = await startWorker(activities, 'held')
  await env.client.workflow.execute('postRoot', { taskQueue: 'held', workflowId: 'held', args: [1] })
  await stop()
  expect(done).toEqual(['propose', 'held', 'held', 'gone', 'propose', 'ready', 'held', 'ready', 'finalise'])
}, 60_000)

test('a rejected root is computed again, and proposed once more only when that gives another', async () => {
  const { done, activities } = scripted(
    [{ state: 'held', waitSeconds: 1 }, { state: 'rejected', waitSeconds: 0 }, ready],
    {
      corrections: [true],
    },
  )
  const stop = await startWorker(activities, 'rejected')
  await env.client.workflow.execute('postRoot', { taskQueue: 'rejected', workflowId: 'rejected', args: [1] })
  await stop()
  expect(done).toEqual(['propose', 'held', 'rejected', 'corrected', 'propose', 'ready', 'finalise'])

  const same = scripted([{ state: 'rejected', waitSeconds: 0 }], { corrections: [false] })
  const stopSame = await startWorker(same.activities, 'same')
  const handle = await env.client.workflow.start('postRoot', { taskQueue: 'same', workflowId: 'same', args: [1] })
  await vi.waitFor(() => expect(same.done).toEqual(['propose', 'rejected', 'as it was']), 20_000)
  await delay(500)
  expect((await handle.describe()).status.name).toBe('RUNNING')
  await handle.terminate()
  await stopSame()
}, 60_000)
