import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { listEpochs, listVersions } from '../../store/index.ts'
import type { definitions, TourSummary } from '../../tools/index.ts'
import { openHere, type Opened } from './harness/openHere.ts'
import { endStarted, startProcess } from './harness/startProcess.ts'
import { operatorTokenOf, tinyHome, type TinyHome } from './harness/tinyHome.ts'
import { corpusFacts } from './harness/writeCorpus.ts'

let home: TinyHome
let opened: Opened
let toured: TourSummary

beforeAll(async () => {
  home = await tinyHome()
  toured = await startProcess(home).summary()
  opened = await openHere(home)
})
afterAll(async () => {
  await opened?.close()
  await endStarted()
  home?.remove()
})

type Ended = {
  workflow: string
  state: string
  steps: { id: string; state: string }[]
  output: Record<string, unknown>
}

/** Calls a tool over HTTP, as the command line does. */
async function call<Output = Ended>(tool: keyof typeof definitions, input: object): Promise<Output> {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${operatorTokenOf(home)}`,
    'effect-key': randomUUID(),
  }
  const response = await fetch(`${opened.gatewayUrl}/tools/${tool}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(input),
  })
  const body = (await response.json()) as Output
  if (!response.ok) throw new Error(`${tool}: ${JSON.stringify(body)}`)
  return body
}
const states = ({ steps }: Ended) => steps.map(({ id, state }) => `${id} ${state}`)

test('nightly-curation of a Datanet to which nothing was added finds the version that it published before', async () => {
  const ended = await call('run_recipe', { recipe: 'nightly-curation', with: { datanet: 'pages' } })
  expect(states(ended)).toEqual(['curate done', 'publish done'])
  expect(ended.output).toMatchObject({
    accepted: corpusFacts.accepted,
    rejected: corpusFacts.rejected,
    version: 1,
    root: toured.datanet.root,
  })
  expect(await listVersions(opened.ctx.store, { datanet: 'pages' })).toHaveLength(1)
})

test('catalogue-refresh runs curation and training as recipes of their own, and has the new adapter on sale', async () => {
  const ended = await call('run_recipe', { recipe: 'catalogue-refresh', with: { datanet: 'pages' } })
  expect(states(ended)).toEqual(['curation done', 'training done', 'catalogue done', 'bonds done'])
  const { adapter, models, version } = ended.output as { adapter: string; models: { alias: string; adapter: string }[]; version: number } // prettier-ignore
  expect(version).toBe(1)
  expect(models.find(({ alias }) => alias === 'pages')?.adapter).toBe(adapter)
})

test('weekly-settlement closes an epoch with 2 answers, whose finality starts audit-sampling once, which passes both', async () => {
  await call('schedule_recipe', { recipe: 'audit-sampling' })
  for (const prompt of ['What is alder for?', 'And birch?'])
    await call('ask', { model: 'pages', messages: [{ role: 'user', content: prompt }], max_tokens: 8 })
  const settled = await call('run_recipe', { recipe: 'weekly-settlement' })
  expect(states(settled)).toEqual(['channels done', 'treasurer done'])
  const { epoch, received_wei, paid_wei, claimed_wei } = settled.output
  expect([epoch, BigInt(String(paid_wei)) > 0n, claimed_wei]).toEqual([2, true, paid_wei])
  expect(BigInt(String(received_wei))).toBeGreaterThan(BigInt(String(paid_wei)))

  const workflow = 'recipe/audit-sampling/epoch_final/2'
  const patient = { timeout: 30_000, interval: 200 }
  await vi.waitFor(async () => expect(await opened.ctx.workflows.describe(workflow)).toBeDefined(), patient)
  const { output } = (await opened.ctx.workflows.result(workflow)) as Ended
  expect(output).toMatchObject({ passed: 2, failed: 0, not_reproducible: 0, findings: [] })
  expect((await listEpochs(opened.ctx.store, {})).map(({ state }) => state)).toEqual(['claimed', 'claimed', 'open'])
  expect(await opened.ctx.workflows.describe('recipe/audit-sampling/epoch_final/1')).toBeUndefined()
})

test('agents are steps: one trains and publishes, one audits, one leaves the epoch open, and the trace says that policies decided', async () => {
  const yaml = `
recipe: three-agents
summary: Trains, audits, and looks after the epoch.
steps:
  - agent: trainer
    with: { datanet: pages, alias: trained, budgetMs: 600000, recipes: [quick], samples: 16, groups: 2 }
  - agent: auditor
    with: { epoch: 2, count: 1 }
  - agent: treasurer
    with: { minimumReceipts: 5 }
output:
  trained: \${steps.trainer.outcome}
  adapter: \${steps.trainer.adapter}
  passed: \${steps.auditor.passed}
  epoch: \${steps.treasurer.outcome}
`
  const { output, workflow } = await call('run_recipe', { written: { file: 'agents.yaml', yaml } })
  expect(output).toMatchObject({ trained: 'published', passed: 1, epoch: 'left open' })
  const { models } = await call<{ models: { alias: string; adapter: string }[] }>('list_models', {})
  expect(models.find(({ alias }) => alias === 'trained')?.adapter).toBe(output['adapter'])
  const { calls } = await call<{ calls: { name: string; agent: string; by: string; policy: string | null }[] }>('trace_workflow', { workflow }) // prettier-ignore
  const decided = calls.filter(({ name }) => name === 'decide')
  expect(
    decided.map(({ agent, by, policy }) => `${agent} ${by} ${policy}`).toSorted((a, b) => (a < b ? -1 : 1)),
  ).toEqual([
    'trainer policy trainer/gain/1',
    'trainer policy trainer/most-thorough/1',
    'treasurer policy treasurer/enough-answers/1',
  ])
})
