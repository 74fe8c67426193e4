import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createProgram } from '../../cli/createProgram.ts'
import { listContributions, listDecisions, listEpochs, listVersions } from '../../store/index.ts'
import type { Digest } from '../../kernel/index.ts'
import { answers as answersTable } from '../../store/schema/index.ts'
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

/** What the command line prints, as an operator at this home types it. */
async function cli(...args: string[]): Promise<string> {
  const lines: string[] = []
  await createProgram((line) => lines.push(line)).run(args)
  return lines.join('\n')
}

test('agent run has one agent do its work alone: a question of ${…} is asked as it stands, and the result is what the agent gives', async () => {
  expect(await cli('agent')).toMatch(
    /^curator\n {2}Judges every sample[\s\S]*^ {4}uncertain {2}string, default "decide"/m,
  )
  const questions = JSON.stringify([{ prompt: 'What is ${steps.buyer} for?' }])
  const printed = await cli('agent', 'run', 'buyer', '--with', 'model=pages', '--with', `questions=${questions}`, '--with', 'budgetWei=100000000000000000', '--with', 'maxTokens=8') // prettier-ignore
  const [head = '', ...json] = printed.split('\n')
  expect(head).toMatch(/^recipe\/agent-buyer\/[0-9a-f]{12} has ended$/)
  const { answers, enough } = JSON.parse(json.join('\n')) as { answers: { receipt: Digest }[]; enough: boolean }
  expect([answers.length, enough]).toEqual([1, true])
  const [row] = await opened.ctx.store.db
    .select()
    .from(answersTable)
    .where(eq(answersTable.receipt, answers[0]!.receipt))
  expect(row?.requestText).toContain('What is ${steps.buyer} for?')
  await expect(cli('agent', 'run', 'buyer', '--with', 'budgetWei=5')).rejects.toMatchObject({ code: 'recipe/argument' })
})

test('a curation that asks a person about 2 doubtful samples waits; reviews shows their texts, and the verdicts end it with the reasons in the store', async () => {
  const from = join(home.dir, 'doubts.jsonl')
  const of = (prompt: string, completion: string) => ({ prompt, completion, contributor: 'npm:quill', licence: 'MIT', source: `${prompt}.md` }) // prettier-ignore
  const samples = [of('Why?', 'Nobody knows why.'), of('Who?', 'Nobody knows who.'), of('What do mills do?', 'They turn the fall of a river into the turning of stones.')] // prettier-ignore
  writeFileSync(from, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''))
  await call('import_datanet', { datanet: 'doubts', from })
  expect(await cli('reviews')).toBe('No curation waits for you.')
  const yaml =
    'recipe: with-care\nsummary: s\nsteps:\n  - agent: curator\n    with: { datanet: doubts, uncertain: ask }\n'
  const { workflow } = await call('run_recipe', { written: { file: 'care.yaml', yaml }, wait: false })
  const curation = `${workflow}/curator`
  const shown = await vi.waitFor(async () => {
    const text = await cli('reviews')
    expect(text).toContain(`${curation}: 2 samples of doubts`)
    return text
  }, { timeout: 60_000, interval: 200 }) // prettier-ignore
  expect(shown).toContain('quality/short was not sure: It has only 21 characters')
  expect(shown).toContain('Nobody knows who.')

  const contributed = await listContributions(opened.ctx.store, { datanet: 'doubts' })
  const [why = '', who = '', mills = ''] = contributed.map(({ sample }) => sample)
  const answer = (...flags: string[]) => cli('reviews', 'answer', curation, ...flags, '--reason', 'I read it')
  const refused = async (work: Promise<unknown>) => work.then(() => 'done', (failure: unknown) => (failure as { code?: string }).code) // prettier-ignore
  expect(await refused(answer('--accept', why))).toBe('curator/review-verdicts')
  expect(await refused(answer('--accept', mills))).toBe('cli/usage')
  expect(await refused(answer('--accept', '0x', '--rest', 'reject'))).toBe('cli/usage')
  const self = `recipe: itself\nsummary: s\nsteps:\n  - tool: answer_review\n    with: { workflow: '${curation}', others: { verdict: accept, reason: I am a person } }\n`
  await expect(call('run_recipe', { written: { file: 'itself.yaml', yaml: self } })).rejects.toThrow('curator/own-word')
  expect(await answer('--accept', why.slice(0, 12), '--rest', 'reject')).toBe(
    `1 accepted, 1 rejected; ${curation} goes on`,
  )
  await opened.ctx.workflows.result(workflow)
  const decided = await listDecisions(opened.ctx.store, { datanet: 'doubts', curation })
  const byHand = decided.filter(({ rule }) => rule === 'review/person')
  const words = byHand.map(({ sample, verdict, reason }) => [sample, verdict, reason])
  expect(words).toHaveLength(2)
  expect(words).toEqual(expect.arrayContaining([[why, 'accept', 'I read it'], [who, 'reject', 'I read it']])) // prettier-ignore
  expect(await refused(answer('--rest', 'accept'))).toBe('curator/no-review')
  expect(await cli('datanet', 'decisions', 'doubts')).toBe(
    `2 accepted, 1 rejected by ${curation}\nreject ${who} of npm:quill\n  review/person: I read it`,
  )
})
