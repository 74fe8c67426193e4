import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { definitions, type TourSummary } from '../../../tools/index.ts'
import type { openChatServer } from '../../../tools/testing/openChatServer.ts'
import type { createClient } from '../../../workflows/graph/client/index.ts'
import { editCell, firstLetter } from './edits.ts'
import type { Opened } from './openHere.ts'

type Scene = {
  opened: Opened
  dir: string
  tour: TourSummary
  graphs: Awaited<ReturnType<typeof createClient>>
  chat: Awaited<ReturnType<typeof openChatServer>>
  /** Calls a tool, with its name as the effect key unless another is given. */
  tool: (name: keyof typeof definitions, input: object, key?: string) => Promise<Record<string, unknown>>
}

/**
 * Runs of the agents and of recipes in a home after a tour, which together visit every node of every agent and use all that a recipe can
 * say. By the name of the history that is made of it: which workflow.
 */
export async function agentScenes(scene: Scene): Promise<Record<string, string>> {
  const bought = await buyerChooses(scene)
  const settled = await recipe(scene, { recipe: 'weekly-settlement' })
  return {
    ...bought,
    'recipe.weekly-settlement': settled,
    'treasurer.closes': `${settled}/treasurer`,
    ...(await curatorDoubts(scene)),
    ...(await auditorFinds(scene)),
    'recipe.nightly-curation': await recipe(scene, { recipe: 'nightly-curation', with: { datanet: 'pages' } }),
    'recipe.fine-tune-on-new-data': await recipe(scene, { recipe: 'fine-tune-on-new-data', with: { datanet_root: scene.tour.datanet.root, alias: 'new' } }),
    'recipe.catalogue-refresh': await recipe(scene, { recipe: 'catalogue-refresh', with: { datanet: 'pages' } }),
    'recipe.taken-back': await takenBack(scene),
  }
} // prettier-ignore

async function recipe({ tool }: Scene, input: { recipe: string; with?: object }): Promise<string> {
  return String((await tool('run_recipe', input, input.recipe))['workflow'])
}

async function agentRun({ opened: { ctx } }: Scene, agent: string, id: string, input: object): Promise<string> {
  await ctx.workflows.start(agent, id, [input])
  await ctx.workflows.result(id)
  return id
}

/** It chooses among what is on sale, and judges; two answers, so that two can be found wrong later. */
async function buyerChooses(scene: Scene): Promise<Record<string, string>> {
  const questions = [{ prompt: 'What is alder for?' }, { prompt: 'And birch?' }]
  const input = { questions, budgetWei: '1000000000000000000', maxTokens: 8, judge: true }
  return { 'buyer.chooses': await agentRun(scene, 'buyer', 'history/buyer-chooses', input) }
}

/** Two samples that are nearly too short: the chat model takes one out; then a person is asked about both. */
async function curatorDoubts(scene: Scene): Promise<Record<string, string>> {
  const from = join(scene.dir, 'doubts.jsonl')
  const of = (prompt: string, completion: string) => ({ prompt, completion, contributor: 'npm:quill', licence: 'MIT', source: `${prompt}.md` }) // prettier-ignore
  const samples = [of('Why?', 'Nobody knows why.'), of('Who?', 'Nobody knows who.'), of('What do mills do with a river?', 'They turn its fall into the turning of stones, and stones into flour.')] // prettier-ignore
  writeFileSync(from, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''))
  await scene.tool('import_datanet', { datanet: 'doubts', from })
  scene.chat.reply = ({ messages }) => ({ content: JSON.stringify(messages.at(-1)!.content.includes('Who?') ? { option: 'reject', reason: 'it says nothing' } : { option: 'accept', reason: 'it will do' }) }) // prettier-ignore
  const judged = await agentRun(scene, 'curator', 'history/curator-judges', { datanet: 'doubts' })

  const asks = 'history/curator-asks'
  await scene.opened.ctx.workflows.start('curator', asks, [{ datanet: 'doubts', uncertain: 'ask' }])
  let asked: { id: string; value: unknown }[] = []
  for (let left = 300; asked.length === 0 && left > 0; left--, await sleep(100))
    asked = await scene.graphs.interrupts(asks)
  const { uncertain } = asked[0]!.value as { uncertain: { sample: string }[] }
  const answer = uncertain.map(({ sample }, i) => ({ sample, verdict: i === 0 ? 'accept' : 'reject', reason: 'I read it' })) // prettier-ignore
  await scene.graphs.resume(asks, asked[0]!.id, answer)
  await scene.opened.ctx.workflows.result(asks)
  return { 'curator.judges': judged, 'curator.asks': asks }
}

/** Both answers of epoch 2 are edited behind the back of everybody: of the findings one is disputed, the other filed. */
async function auditorFinds(scene: Scene): Promise<Record<string, string>> {
  const { receipts } = definitions.draw_audits.output.parse(await scene.tool('draw_audits', { epoch: 2, count: 2 }))
  const undos = []
  for (const receipt of receipts) {
    const cell = { table: 'answers', column: 'answer_text', where: { receipt } }
    undos.push(await editCell(scene.opened, cell, firstLetter))
  }
  await scene.tool('set_approval_rule', { tool: 'open_dispute', mode: 'unattended' })
  const found = await agentRun(scene, 'auditor', 'history/auditor-finds', { epoch: 2, count: 2, disputes: 1 })
  for (const undo of undos) await undo()
  return { 'auditor.finds': found }
}

/** Side by side, for each item, skipped, waiting, and a step that fails, after which two are taken back. */
async function takenBack(scene: Scene): Promise<string> {
  const yaml = `
recipe: taken-back
summary: Sets two limits, looks around, fails, and takes both back.
steps:
  - id: day
    tool: set_budget
    with: { agent: history, perDayWei: '7' }
    undo: { tool: set_budget, with: { agent: history, perDayWei: null } }
  - parallel:
      - id: models
        tool: list_models
      - id: run
        tool: set_budget
        with: { agent: history, perRunWei: '5' }
        undo: { tool: set_budget, with: { agent: history, perRunWei: null } }
  - wait: 1s
  - tool: bond_status
    foreach: \${steps.models.models}
    width: 2
    with: { adapter: "\${item.adapter}" }
  - id: none
    tool: status
    when: \${run.id} == "nobody"
  - tool: epoch_report
    with: { epoch: 9 }
`
  const written = { file: 'taken-back.yaml', yaml }
  const { workflow } = await scene.tool('run_recipe', { written, wait: false }, 'taken-back')
  await scene.opened.ctx.workflows.result(String(workflow)).catch(() => undefined)
  return String(workflow)
}
