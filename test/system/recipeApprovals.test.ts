import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findError } from '../../kernel/index.ts'
import { checkRecipe, readYaml, type RecipeSource } from '../../recipes/index.ts'
import type { RecipeEnded } from '../../recipes/running/index.ts'
import { runOf } from '../../recipes/testing/testRecipes.ts'
import { callsOf } from '../../store/index.ts'
import { historyToJson, replayHistory } from '../../workflows/graph/worker/index.ts'
import { openApprovalScene, type ApprovalScene } from './tracing/approvalScene.ts'
import { toolBox } from './tracing/toolBox.ts'

let scene: ApprovalScene
beforeAll(async () => {
  scene = await openApprovalScene()
})
afterAll(() => scene?.close())

const yaml = `
recipe: shopping
summary: Looks, pays, and takes both back when the payment is refused.
input: { file: string }
steps:
  - { id: reserve, tool: look, with: { item: hat, file: "\${input.file}" }, undo: { tool: look, with: { item: back, file: "\${input.file}" } } }
  - { id: buy, tool: pay, with: { item: hat, wei: "100", file: "\${input.file}" }, undo: { tool: look, with: { item: refund, file: "\${input.file}" } } }
  - { id: wear, tool: look, with: { item: hat, file: "\${input.file}" } }
output: { said: "\${steps.buy.said}" }
`
const tools = Object.fromEntries(toolBox.map(({ definition }) => [definition.name, definition]))
const { checked, problems } = checkRecipe(readYaml(yaml, 'shopping.yaml') as RecipeSource, { tools, agents: {}, recipe: () => undefined }) // prettier-ignore

let runs = 0
/** Starts the recipe under a rule that says that payments of recipes wait for a word. */
async function begin(expiresSeconds: number | null) {
  expect(problems).toEqual([])
  await scene.noRules()
  await scene.rule({ mode: 'ask', tool: 'pay', agent: 'recipe', expiresSeconds })
  const id = `shopping-${++runs}`
  const file = join(scene.folder, id)
  const args = [runOf(checked!, { file })]
  const handle = await scene.env.client.workflow.start('recipe', { taskQueue: 'approvals', workflowId: id, args })
  const done = async () =>
    (await readFile(file, 'utf8')).split('\n').filter((line) => line.startsWith('end ')).map((line) => line.replace(`end ${id} shopping/`, '')) // prettier-ignore
  const states = async () => (await handle.query<RecipeEnded>('recipeProgress')).steps.map(({ state }) => state)
  const replay = async () => {
    const history = historyToJson(await handle.fetchHistory())
    expect(await replayHistory({ bundle: scene.bundle, history, workflowId: id })).toBeUndefined()
  }
  return { id, handle, done, states, replay, waiting: scene.waiting(id) }
}
const errorOf = async (work: Promise<unknown>) =>
  findError(
    await work.then(
      () => undefined,
      (failure: unknown) => failure,
    ),
  )

test('a step under a rule waits, shows its action, and goes on when its digest is approved: paid once, and the line names the digest', async () => {
  const { id, handle, done, states, replay, waiting } = await begin(null)
  const { digest, step, agent, amountWei } = await waiting
  expect([step, agent, amountWei]).toEqual(['shopping/buy', 'recipe', 100n])
  expect(await states()).toEqual(['done', 'running', 'waiting'])
  expect(await done()).toEqual(['reserve'])
  const { action } = (await scene.say('show_approval', { digest })) as { action: string }
  expect(JSON.parse(action)).toMatchObject({ tool: 'pay', input: { item: 'hat', wei: '100' }, workflow: id })
  expect(await scene.say('approve_action', { digest })).toMatchObject({ resumed: true })
  expect(await handle.result()).toMatchObject({ output: { said: 'paid for hat' } })
  expect(await done()).toEqual(['reserve', 'buy', 'wear'])
  const pay = (await callsOf(scene.store, { workflow: id })).find(({ name }) => name === 'pay')
  expect(pay).toMatchObject({ state: 'done', approval: digest, costWei: 100n })
  await replay()
})

test('denied, the run fails with approval/denied, nothing is paid, and both steps are taken back, the last first', async () => {
  const { handle, done, replay, waiting } = await begin(null)
  const { digest } = await waiting
  await scene.say('deny_action', { digest, reason: 'too dear' })
  const error = await errorOf(handle.result())
  expect(error).toMatchObject({ code: 'approval/denied', facts: { step: 'buy', undone: ['buy', 'reserve'], notUndone: [] } }) // prettier-ignore
  expect(await done()).toEqual(['reserve', 'buy/undo', 'reserve/undo'])
  await replay()
})

test('with 4 s to answer and nobody’s word, it is approval/expired, and both steps are taken back', async () => {
  const { handle, done, replay, waiting } = await begin(4)
  const { digest } = await waiting
  const error = await errorOf(handle.result())
  expect(error).toMatchObject({ code: 'approval/expired', facts: { step: 'buy', undone: ['buy', 'reserve'] } })
  expect(await done()).toEqual(['reserve', 'buy/undo', 'reserve/undo'])
  expect((await scene.linesOf(digest)).map(({ kind }) => kind)).toEqual(['approval/asked', 'approval/expired'])
  await replay()
})
