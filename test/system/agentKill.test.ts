import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openStore } from '../../store/index.ts'
import { calls, decisions, effects } from '../../store/schema/index.ts'
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
  folder = mkdtempSync(join(tmpdir(), 'agent-kill-'))
  bundle = await testBundle(join(checkout, 'agents', 'testing', 'workflows.ts'))
  env = await temporalServer()
}, 120_000)
afterEach(() => worker?.kill())
afterAll(async () => {
  await env?.teardown()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs an agent on a store of its own; `kills`: a SIGKILL in the middle of each step, of one with an effect when it has happened and is not known yet. */
async function run(agent: string, input: object, { kills }: { kills: boolean }) {
  const taskQueue = `${agent}-${kills ? 'killed' : 'calm'}`
  const [journal, dir] = [join(folder, `${taskQueue}.txt`), join(folder, taskQueue)]
  const living = killableWorker({ program: 'agentWorker.ts', args: [env.address, bundle.codePath, taskQueue, dir], journal })
  worker = living
  await living.start()
  // The same id for both runs, one after the other: effect keys are made of it.
  const handle = await env.client.workflow.start(agent, { taskQueue, workflowId: agent, args: [input], workflowTaskTimeout: '5 s' })
  const ended = handle.result() as Promise<unknown>
  const end = { isThere: false }
  const over = ended.catch(() => undefined).finally(() => (end.isThere = true))
  if (!kills) await over
  const seen = new Set<string>()
  let killed = 0
  while (!end.isThere) {
    const fresh = living.lines().filter((line) => /^(look|happened) /.test(line) && !seen.has(line))
    if (fresh.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      continue
    }
    for (const line of fresh) seen.add(line)
    await living.kill()
    killed++
    await releaseCutActivities(env.client)
    await living.start()
  }
  const result = await ended
  const history = historyToJson(await handle.fetchHistory())
  expect(await replayHistory({ bundle, history, workflowId: agent })).toBeUndefined()
  await living.kill()
  const store = await openStore({ dir })
  const table = (await store.db.select().from(effects)).map(({ key, state, tool }) => `${tool} ${key} ${state}`)
  const lines = (await store.db.select().from(calls)).map(({ key, name, by, state, inputDigest, outputDigest }) => {
    return [key, name, by, state, inputDigest, outputDigest].join(' ')
  })
  const verdicts = (await store.db.select().from(decisions)).map(({ sample, verdict, rule, reason }) => [sample, verdict, rule, reason].join(' '))
  await store.close()
  const all = living.lines()
  const happened = all.filter((line) => line.startsWith('happened'))
  const steps = new Set(all.filter((line) => /^(look|begin) /.test(line)))
  return { result, table: table.toSorted(), lines: lines.toSorted(), verdicts: verdicts.toSorted(), happened, steps: steps.size, killed }
} // prettier-ignore

/** Each agent with an input on which it goes through all of its steps. */
const agents: [string, object, steps: number, effects: number, outcome: object][] = [
  ['curator', { datanet: 'net' }, 5, 7, { samples: 10, accepted: 6, rejected: 4, reviewed: { model: 3, policy: 0, person: 0 } }],
  ['trainer', { datanet: 'd', budgetMs: 100_000, recipes: ['quick'] }, 4, 3, { outcome: 'published', recipe: 'quick' }],
  ['buyer', { questions: [{ prompt: '0 is it?' }], budgetWei: '100', judge: true }, 5, 3, { spentWei: '7', model: 'b' }],
  ['treasurer', {}, 5, 3, { outcome: 'closed', epoch: 7 }],
  ['auditor', { count: 2 }, 6, 2, { passed: 1, failed: 1 }],
] // prettier-ignore

test.each(agents)(
  'the %s, its worker killed in the middle of each of its steps, ends with the effects, lines and decisions of a calm run, each effect once',
  async (agent, input, steps, count, outcome) => {
    const calm = await run(agent, input, { kills: false })
    expect(calm.result).toMatchObject(outcome)
    expect([calm.steps, calm.table.length, calm.killed]).toEqual([steps, count, 0])
    expect(calm.table.every((row) => row.endsWith(' done'))).toBe(true)
    const { killed, ...cut } = await run(agent, input, { kills: true })
    expect(killed).toBeGreaterThanOrEqual(steps)
    expect({ ...cut, killed: 0 }).toEqual(calm)
    expect(new Set(cut.happened).size).toBe(cut.happened.length)
  },
  900_000,
)
