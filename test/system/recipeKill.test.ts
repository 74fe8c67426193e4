import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { findError } from '../../kernel/index.ts'
import { failing, runOf } from '../../recipes/testing/testRecipes.ts'
import { openStore } from '../../store/index.ts'
import { effects } from '../../store/schema/index.ts'
import { releaseCutActivities } from '../../workflows/client/releaseCutActivities.ts'
import { temporalServer } from '../../workflows/graph/testing/temporalServer.ts'
import { testBundle } from '../../workflows/graph/testing/testBundle.ts'
import { historyToJson, replayHistory, type WorkflowBundle } from '../../workflows/graph/worker/index.ts'
import { checkout } from './harness/tinyHome.ts'

let env: TestWorkflowEnvironment
let bundle: WorkflowBundle
let folder: string
let worker: ChildProcess | undefined
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recipe-kill-'))
  bundle = await testBundle(join(checkout, 'workflows', 'index.ts'))
  env = await temporalServer()
}, 120_000)
afterEach(() => killWorker())
afterAll(async () => {
  await env?.teardown()
  rmSync(folder, { recursive: true, force: true })
})

async function killWorker(): Promise<void> {
  const { exitCode, signalCode } = worker ?? {}
  if (worker === undefined || exitCode !== null || signalCode !== null) return
  worker.kill('SIGKILL')
  await once(worker, 'exit')
}

const linesOf = (journal: string) => readFileSync(journal, 'utf8').split('\n').filter(Boolean)

/** Runs the recipe whose last step fails; `kills`: a SIGKILL at every line that was not in the journal before. */
async function run(id: string, { kills }: { kills: boolean }) {
  const [journal, dir] = [join(folder, `${id}.txt`), join(folder, id)]
  writeFileSync(journal, '')
  const startWorker = async () => {
    const ups = linesOf(journal).filter((line) => line === 'up').length
    const program = fileURLToPath(new URL('harness/recipeWorker.ts', import.meta.url))
    worker = spawn(process.execPath, [program, env.address, bundle.codePath, id, dir, journal], { stdio: 'ignore' })
    const isUp = () => expect(linesOf(journal).filter((line) => line === 'up').length).toBeGreaterThan(ups)
    await vi.waitFor(isUp, { timeout: 60_000, interval: 50 })
  }
  await startWorker()
  const handle = await env.client.workflow.start('recipe', { taskQueue: id, workflowId: id, args: [runOf(failing)] })
  const end: { failure?: unknown } = {}
  const ended = handle.result().then(
    () => void (end.failure = new Error('it ended well')),
    (thrown: unknown) => void (end.failure = thrown),
  )
  const seen = new Set<string>(['up'])
  let killed = 0
  if (!kills) await ended
  while (end.failure === undefined) {
    const fresh = linesOf(journal).filter((line) => !seen.has(line))
    if (fresh.length === 0) {
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 30))])
      continue
    }
    for (const line of fresh) seen.add(line)
    await killWorker()
    killed++
    await releaseCutActivities(env.client)
    await startWorker()
  }
  await ended
  const history = historyToJson(await handle.fetchHistory())
  expect(await replayHistory({ bundle, history, workflowId: id })).toBeUndefined()
  await killWorker()
  const store = await openStore({ dir })
  const rows = await store.db.select().from(effects)
  await store.close()
  const happened = linesOf(journal).filter((line) => line.startsWith('happened'))
  const table = rows.map(({ key, state }) => `${key.replace(`${id}/`, '')} ${state}`).toSorted()
  return { error: findError(end.failure), happened, table, killed }
}

test('a worker killed at each of 24 moments, in every step and in everything that takes one back, leaves the same effects in the same order, each once', async () => {
  const calm = await run('calm', { kills: false })
  expect(calm.happened).toEqual(
    ['a', 'b', 'c x', 'c y', 'c z', 'd', 'undo d', 'undo c z', 'undo c y', 'undo c x', 'undo b', 'undo a'].map(
      (name) => `happened ${name}`,
    ),
  )
  const killed = await run('killed', { kills: true })
  expect(killed.killed).toBeGreaterThanOrEqual(20)
  expect(killed.happened).toEqual(calm.happened)
  expect(killed.table).toEqual(calm.table)
  expect(killed.table).toHaveLength(12)
  expect(killed.error?.toJSON()).toEqual(calm.error?.toJSON())
  expect(killed.error?.facts).toMatchObject({ step: 'd', undone: ['d', 'c[2]', 'c[1]', 'c[0]', 'b', 'a'] })
}, 400_000)
