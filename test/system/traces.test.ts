import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { callsOf, openStore, type Call } from '../../store/index.ts'
import { temporalServer } from '../../workflows/graph/testing/temporalServer.ts'
import { testBundle } from '../../workflows/graph/testing/testBundle.ts'
import type { WorkflowBundle } from '../../workflows/graph/worker/index.ts'

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url))
let env: TestWorkflowEnvironment
let bundle: WorkflowBundle
let folder: string
let worker: ChildProcess | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'traces-'))
  bundle = await testBundle(beside('./tracing/workflows.ts'))
  env = await temporalServer()
})
afterEach(killWorker)
afterAll(async () => env?.teardown())

function startWorker(name: string): void {
  const args = [beside('./tracing/workerProcess.ts'), env.address, bundle.codePath, name, join(folder, `${name}.pg`)]
  worker = spawn(process.execPath, args, {
    stdio: 'ignore',
    env: { ...process.env, STEP_MS: '300', UNATTENDED: 'shopper' },
  })
}
async function killWorker(): Promise<void> {
  if (worker === undefined) return
  worker.kill('SIGKILL')
  await once(worker, 'exit')
  worker = undefined
}
const linesOf = async (file: string) => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean)
const patient = { timeout: 60_000, interval: 20 }

/** The voyage to its end; with `kills`, its worker is killed in the middle of each of its steps, once. */
async function voyage(name: string, kills: boolean): Promise<{ calls: Call[]; lines: string[]; killed: number }> {
  const file = join(folder, `${name}.journal`)
  startWorker(name)
  const handle = await env.client.workflow.start('voyage', {
    taskQueue: name,
    workflowId: name,
    args: [{ file, items: ['hat', 'coat'] }],
  })
  const ended = handle.result().then(() => untilSent(name))
  const killedAt = new Set<string>()
  const isOver = () => Promise.race([ended.then(() => true), new Promise((go) => setTimeout(go, 20)).then(() => false)])
  while (!(await isOver())) {
    const started = (await linesOf(file)).findLast((line) => line.startsWith('start '))
    if (!kills || started === undefined || killedAt.has(started)) continue
    killedAt.add(started)
    await killWorker()
    startWorker(name)
  }
  await ended
  await killWorker()
  const store = await openStore({ dir: join(folder, `${name}.pg`) })
  const calls = await callsOf(store, { workflow: name })
  await store.close()
  return { calls, lines: await linesOf(file), killed: killedAt.size }
}

/** The workflow that a tool started ends by itself, some time. */
async function untilSent(name: string): Promise<void> {
  await vi.waitFor(async () => {
    const { status } = await env.client.workflow.getHandle(`${name}/sent`).describe()
    expect(status.name).toBe('COMPLETED')
  }, patient)
}

/**
 * Lines without what differs between two runs: times, attempts, names of runs. Those of one workflow keep their order; between
 * workflows there is none: a tool that is killed and called again begins after what its first call started.
 */
function shown(calls: Call[], name: string): Partial<Call>[] {
  return calls
    .map((call) => unnamed(call, name))
    .toSorted((a, b) => (a.workflow! < b.workflow! ? -1 : Number(a.workflow !== b.workflow)))
}
function unnamed(call: Call, name: string): Partial<Call> {
  const same = { ...call, key: '', run: '', atMs: 0, ms: 0, rssMiB: 0, attempt: 0 }
  const text = JSON.stringify(same, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))
  return JSON.parse(text.replaceAll(name, 'NAME').replaceAll(/0x[0-9a-f]{64}/g, 'DIGEST')) as Partial<Call>
}

test('a voyage of 7 calls and 2 of a model leaves 9 lines, and the same 9 when its worker is killed in each of its 7 steps', async () => {
  const calm = await voyage('calm', false)
  expect(calm.calls.map(({ workflow, node, name, state }) => [workflow, node, name, state])).toEqual([
    ['calm', '', 'look', 'done'],
    ...[1, 2].flatMap(() => [
      ['calm/between/shop', 'think', 'think', 'done'],
      ['calm/between/shop', 'think', 'small-1', 'done'],
      ['calm/between/shop', 'buy', 'pay', 'done'],
    ]),
    ['calm', '', 'send', 'done'],
    ['calm/sent', '', 'look', 'done'],
  ])
  // Children hang under their parents, also where one of them called nothing, and what a tool starts under its caller.
  expect(calm.calls.map(({ lineage }) => lineage.join(' > '))).toEqual([
    '',
    ...Array<string>(6).fill('calm > calm/between'),
    '',
    'calm',
  ])
  const [, think, model, pay] = calm.calls
  expect(think).toMatchObject({ by: 'model', provider: 'a provider', model: 'small-1', costWei: null, attempt: 1 })
  expect(model).toMatchObject({ kind: 'model', parent: think!.key, inputTokens: 7, outputTokens: 3, costWei: 5n })
  expect(pay).toMatchObject({
    effect: 'spend',
    by: 'policy',
    policy: 'under-budget/1',
    costWei: 100n,
    step: 'shopper/buy#1',
  })
  // What failed and was tried again is one line, of the attempt that came through.
  expect(calm.calls[0]).toMatchObject({ state: 'done', failure: null, attempt: 2 })
  const stored = JSON.stringify(calm.calls, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))
  for (const text of ['worth its price', 'of course', 'paid for']) expect(stored).not.toContain(text)

  const killed = await voyage('killed', true)
  expect(killed.killed).toBe(7)
  expect(killed.lines.filter((line) => line.startsWith('start ')).length).toBeGreaterThanOrEqual(14)
  expect(shown(killed.calls, 'killed')).toEqual(shown(calm.calls, 'calm'))
  expect(killed.calls.filter(({ attempt }) => attempt > 1).length).toBeGreaterThanOrEqual(7)
}, 240_000)
