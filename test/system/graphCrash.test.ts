import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTemporal, type TemporalServer } from '../../servers/index.ts'
import { openStore, type Store } from '../../store/index.ts'
import { createClient, graphDataConverter, type GraphClient } from '../../workflows/graph/client/index.ts'
import { testBlobs } from '../../workflows/graph/testing/testBlobs.ts'
import { testBundle } from '../../workflows/graph/testing/testBundle.ts'
import { historyToJson, replayEvents, type WorkflowBundle } from '../../workflows/graph/worker/index.ts'
import { effectServer } from './graphs/effectServer.ts'

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const taskQueue = 'caravan'
const home = mkdtempSync(join(tmpdir(), 'caravan-'))
let server: TemporalServer
let store: Store
let world: Awaited<ReturnType<typeof effectServer>>
let bundle: WorkflowBundle
let client: Client
let graphs: GraphClient
let worker: ChildProcess | undefined

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  bundle = await testBundle(beside('./graphs/workflows.ts'))
  server = await startTemporal({ home })
  store = await openStore({ dir: join(home, 'pg') })
  world = await effectServer(store)
  const connection = await Connection.connect({ address: server.address })
  client = new Client({ connection, dataConverter: graphDataConverter(testBlobs) })
  graphs = await createClient({ client, taskQueue })
})
afterAll(async () => {
  await killWorker()
  await world?.close()
  await client?.connection.close()
  await store?.close()
  await server?.stop()
})

function startWorker(killAt = 0, fault = ''): ChildProcess {
  const args = [
    beside('./graphs/workerProcess.ts'),
    server.address,
    bundle.codePath,
    taskQueue,
    world.url,
    String(killAt),
    fault,
  ]
  worker = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore'] })
  return worker
}
async function killWorker(): Promise<void> {
  if (worker === undefined || worker.exitCode !== null || worker.signalCode !== null) return
  worker.kill('SIGKILL')
  await once(worker, 'exit')
}

async function start(id: string): Promise<void> {
  // A workflow task that is cut is given to the next worker after a second, not after ten.
  await client.workflow.start('caravan', { taskQueue, workflowId: id, args: [{}], workflowTaskTimeout: '1 s' })
}
/** Answers the question when it comes, and waits for the end. */
async function finish(id: string): Promise<void> {
  for (let asked: { id: string }[] = []; asked.length === 0; await sleep(50))
    asked = await graphs.interrupts(id).catch(() => [])
  await graphs.resume(id, 'ask#1', 'yes')
  await graphs.result(id)
}

/** What a run came to: state, log (as it is kept, and whole from the histories of its chain), and all that was done for it. */
async function outcome(id: string) {
  const log = (await graphs.events(id)).events
  const whole = []
  const first = (await client.workflow.getHandle(id).describe()).raw.workflowExecutionInfo?.firstRunId
  for (let runId: string | null | undefined = first; runId;) {
    const history = await client.workflow.getHandle(id, runId).fetchHistory()
    whole.push(...(await replayEvents({ bundle, history: historyToJson(history), workflowId: id })))
    runId = history.events!.at(-1)!.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId
  }
  expect(whole).toEqual(log)
  return { state: await graphs.result(id), log: byStep(log), done: world.doneFor(id) }
}

/** Two steps that run at once end in either order: what is compared is the log of each by itself, and what is not of them. */
function byStep(log: readonly { seq: number; kind: string; node: string; path: string[]; data: unknown }[]) {
  const lines = log.map(({ kind, node, path, data }) => `${[...path, node].join('/')} ${kind} ${JSON.stringify(data)}`)
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, i) => i))
  return lines.toSorted()
}

test('a worker killed at each of its boundaries until none is left, at least 28, and the server once, change nothing', async () => {
  startWorker()
  await start('calm')
  await finish('calm')
  const calm = await outcome('calm')
  await killWorker()
  expect(calm.done).toHaveLength(11)
  expect(new Set(calm.done).size).toBe(11)
  expect(calm.state).toMatchObject({ round: 3, checked: 3, answer: 'yes', sealed: 'sealed 6 yes' })

  let boundaries = 0
  for (let at = 1; ; at++) {
    const id = `killed-${at}`
    const doomed = startWorker(at)
    const died = once(doomed, 'exit').then(() => true)
    await start(id)
    const isOver = finish(id).then(() => false)
    isOver.catch(() => undefined)
    const isKilled = await Promise.race([died, isOver])
    if (isKilled) startWorker()
    await isOver
    expect(await outcome(id), `killed at boundary ${at}`).toEqual(calm)
    await killWorker()
    if (!isKilled) break
    expect(doomed.signalCode).toBe('SIGKILL')
    boundaries++
  }
  expect(boundaries).toBeGreaterThanOrEqual(28)

  startWorker()
  await start('serverless')
  while (world.doneFor('serverless').length < 5) await sleep(20)
  process.kill(server.pid!, 'SIGKILL')
  await server.exited
  server = await startTemporal({ home })
  // It comes back under its address, so the worker goes on by itself; one that gave up is started again.
  const again = setInterval(() => typeof worker?.exitCode === 'number' && startWorker(), 1_000)
  await finish('serverless')
  clearInterval(again)
  expect(await outcome('serverless')).toEqual(calm)
  await killWorker()
}, 900_000)

test('control: an effect whose key is another in each attempt is found by the same comparison, at one of the first 6 boundaries', async () => {
  // A worker that is left of another test would take its tasks.
  await killWorker()
  startWorker(0, 'keyless')
  await start('calm-keyless')
  await finish('calm-keyless')
  const calm = await outcome('calm-keyless')
  await killWorker()
  expect(new Set(calm.done).size).toBe(11)

  let differing: string[] | undefined
  for (let at = 1; at <= 6 && differing === undefined; at++) {
    const id = `keyless-${at}`
    const doomed = startWorker(at, 'keyless')
    const died = once(doomed, 'exit')
    await start(id)
    await died
    startWorker(0, 'keyless')
    await finish(id)
    const { state, done } = await outcome(id)
    expect(state).toEqual(calm.state)
    if (done.length !== calm.done.length) differing = done
    await killWorker()
  }
  // What was done twice is the effect of one step, or of the two that were at work together.
  expect(differing!.length).toBeGreaterThan(11)
  expect([...new Set(differing)]).toEqual(calm.done)
}, 300_000)
