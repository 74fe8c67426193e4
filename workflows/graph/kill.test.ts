import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createClient, type RunId } from './client/index.ts'
import { temporalServer } from './testing/temporalServer.ts'
import { testBundle } from './testing/testBundle.ts'
import { historyToJson, replayHistory, type WorkflowBundle } from './worker/index.ts'

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url))
let env: TestWorkflowEnvironment
let bundle: WorkflowBundle
let folder: string
let worker: ChildProcess | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kill-'))
  bundle = await testBundle(beside('./testing/workflows.ts'))
  env = await temporalServer()
})
afterEach(killWorker)
afterAll(async () => env?.teardown())

function startWorker(): void {
  const args = [beside('./testing/workerProcess.ts'), env.address, bundle.codePath, 'kill']
  worker = spawn(process.execPath, args, { stdio: 'ignore' })
}
async function killWorker(): Promise<void> {
  if (worker === undefined) return
  worker.kill('SIGKILL')
  await once(worker, 'exit')
  worker = undefined
}
async function start<State>(workflow: string, workflowId: string, input: unknown) {
  const graphs = await createClient({ client: env.client, taskQueue: 'kill' })
  const id: RunId<State> = await graphs.start<unknown, State>(workflow, input, { id: workflowId })
  return {
    state: () => graphs.state(id),
    interrupts: () => graphs.interrupts(id),
    events: () => graphs.events(id),
    resume: (interrupt: string, value: unknown) => graphs.resume(id, interrupt, value),
    result: () => graphs.result(id),
  }
}
const linesOf = async (file: string) => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean)
const patient = { timeout: 25_000, interval: 50 }

test('a worker killed in the 3rd of 5 activities reruns that one only, and ends with the same state and event log', async () => {
  const run = async (id: string, killAt?: string) => {
    const file = join(folder, id)
    startWorker()
    const handle = await start<object>('journal', id, { n: 0, until: 5, ms: 200, file })
    if (killAt !== undefined) {
      await vi.waitFor(async () => expect(await linesOf(file)).toContain(killAt), patient)
      await killWorker()
      startWorker()
    }
    const { file: _, ...state } = (await handle.result()) as { file: string }
    const { events } = await handle.events()
    const history = historyToJson(await env.client.workflow.getHandle(id).fetchHistory())
    expect(await replayHistory({ bundle, history, workflowId: id })).toBeUndefined()
    await killWorker()
    return { state, events, lines: await linesOf(file) }
  }
  const calm = await run('calm')
  const killed = await run('killed', 'start journal/step#3')
  expect(killed.state).toEqual(calm.state)
  expect(killed.events).toEqual(calm.events)
  expect(calm.lines).toEqual([1, 2, 3, 4, 5].flatMap((n) => [`start journal/step#${n}`, `end journal/step#${n}`]))
  expect(killed.lines).toEqual(calm.lines.toSpliced(5, 0, 'start journal/step#3'))
})

test('a graph that waits for a person outlives its worker, and goes on from the same question', async () => {
  startWorker()
  const handle = await start<object>('survey', 'waiting', { docs: ['a', 'bb'] })
  const waiting = (id: string) =>
    vi.waitFor(async () => expect((await handle.interrupts()).map((one) => one.id)).toEqual([id]), patient)
  await waiting('review#1')
  const before = [await handle.state(), await handle.events()]
  await killWorker()
  startWorker()
  await waiting('review#1')
  expect([await handle.state(), await handle.events()]).toEqual(before)
  await handle.resume('review#1', 'yes')
  await waiting('confirm#2')
  await handle.resume('confirm#2', 'now')
  expect(await handle.result()).toMatchObject({ total: 10, approved: 'yes, now' })
  expect((await handle.state()).calls).toBe(7)
})
