import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { findError } from '../../kernel/index.ts'
import { failing, runOf } from '../../recipes/testing/testRecipes.ts'
import { openStore } from '../../store/index.ts'
import { effects } from '../../store/schema/index.ts'
import { releaseCutActivities } from '../../workflows/client/releaseCutActivities.ts'
import { temporalServer } from '../../workflows/graph/testing/temporalServer.ts'
import { testBundle } from '../../workflows/graph/testing/testBundle.ts'
import { historyToJson, replayHistory, type WorkflowBundle } from '../../workflows/graph/worker/index.ts'
import { killableWorker, type KillableWorker } from './harness/killableWorker.ts'
import { checkout } from './harness/tinyHome.ts'

let env: TestWorkflowEnvironment
let bundle: WorkflowBundle
let folder: string
let worker: KillableWorker | undefined
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recipe-kill-'))
  bundle = await testBundle(join(checkout, 'workflows', 'index.ts'))
  env = await temporalServer()
}, 120_000)
afterEach(() => worker?.kill())
afterAll(async () => {
  await env?.teardown()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs the recipe whose last step fails; `kills`: a SIGKILL at every line that was not in the journal before. */
async function run(id: string, { kills }: { kills: boolean }) {
  const [journal, dir] = [join(folder, `${id}.txt`), join(folder, id)]
  const living = killableWorker({ program: 'recipeWorker.ts', args: [env.address, bundle.codePath, id, dir], journal })
  worker = living
  await living.start()
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
    const fresh = living.lines().filter((line) => !seen.has(line))
    if (fresh.length === 0) {
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 30))])
      continue
    }
    for (const line of fresh) seen.add(line)
    await living.kill()
    killed++
    await releaseCutActivities(env.client)
    await living.start()
  }
  await ended
  const history = historyToJson(await handle.fetchHistory())
  expect(await replayHistory({ bundle, history, workflowId: id })).toBeUndefined()
  await living.kill()
  const store = await openStore({ dir })
  const rows = await store.db.select().from(effects)
  await store.close()
  const happened = living.lines().filter((line) => line.startsWith('happened'))
  const table = rows.map(({ key, state }) => `${key.replace(`${id}/`, '')} ${state}`).toSorted()
  // Which names the run: the one thing in which two may differ.
  const error = JSON.parse(JSON.stringify(findError(end.failure)?.toJSON()).replaceAll(id, 'the run')) as {
    facts: Record<string, unknown>
  }
  return { error, happened, table, killed }
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
  expect(killed.error).toEqual(calm.error)
  expect(killed.error.facts).toMatchObject({
    run: 'the run',
    step: 'd',
    undone: ['d', 'c[2]', 'c[1]', 'c[0]', 'b', 'a'],
  })
}, 400_000)
