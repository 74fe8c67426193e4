/**
 * Records the histories that test/system/replay.test.ts replays: of each workflow, from a small tour on this machine, and what
 * agentScenes.ts plays after it. A file is named after the workflow, and after the dot by what it shows.
 * Run it by `node test/recordHistories.ts` when a workflow is changed on purpose, and say in changes/ why a running
 * workflow of before may not go on under the new code. Names after it are the only ones that are recorded:
 * `node test/recordHistories.ts recipe.audit-sampling auditor`.
 */
import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { canonicalText } from '../kernel/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { runTool, type definitions } from '../tools/index.ts'
import { openChatServer } from '../tools/testing/openChatServer.ts'
import { createClient } from '../workflows/graph/client/index.ts'
import { agentScenes } from './system/harness/agentScenes.ts'
import { openHere } from './system/harness/openHere.ts'
import { startProcess } from './system/harness/startProcess.ts'
import { checkout, tinyHome } from './system/harness/tinyHome.ts'

const sampling = { recipe: 'audit-sampling', with: { epoch: 1, count: 2 } }
const boundTool = (name: string) => boundTools.find(({ definition }) => definition.name === name)!
/** Workflows that are graphs: their event log is recorded too. */
const graphs = new Set(['auditor', 'buyer', 'curator', 'trainer', 'treasurer'])
const home = await tinyHome()
// It says nothing of use but where a scene needs it: then policies decide.
const chat = await openChatServer()
try {
  const summary = await startProcess(home).summary()
  const { tour, answers, adapter, datanet, settlement } = summary
  const workflows = {
    tour,
    curator: `${tour}/curate`,
    fineTune: `${tour}/train`,
    buyer: `${tour}/buy`,
    settle: `settle/${settlement.epoch}`,
    attribute: `attribute/${answers[0]?.receipt}`,
    unroll: `unroll/${settlement.epoch}/${adapter.digest}`,
  }
  Object.assign(process.env, chat.settings())
  const opened = await openHere(home)
  const { ctx, client, close } = opened
  const follower = await createClient({ client })
  try {
    const tool = (name: keyof typeof definitions, input: object, key: string = name) =>
      runTool(boundTool(name), input, { ...ctx, call: { face: 'test', effectKey: key } })
    const { workflow: recipe } = await tool('run_recipe', sampling)
    const training = {
      datanetRoot: datanet.root,
      alias: 'history',
      budgetMs: 600_000,
      recipes: ['quick'],
      samples: 16,
      groups: 2,
    }
    const agents = { auditor: { epoch: 1, count: 2 }, treasurer: {}, trainer: training }
    for (const [agent, input] of Object.entries(agents)) {
      await ctx.workflows.start(agent, `history/${agent}`, [input])
      await ctx.workflows.result(`history/${agent}`)
    }
    const own = Object.fromEntries(Object.keys(agents).map((agent) => [agent, `history/${agent}`]))
    const scenes = await agentScenes({ opened, dir: home.dir, tour: summary, graphs: follower, chat, tool })
    const all = { ...workflows, ...own, ...scenes, 'recipe.audit-sampling': String(recipe) }
    const wanted = process.argv.slice(2)
    for (const [name, workflowId] of Object.entries(all)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue
      const history = withoutWorkers(await ctx.workflows.history(workflowId))
      const log = graphs.has(name.split('.')[0]!) ? { events: (await follower.events(workflowId)).events } : {}
      const file = fileURLToPath(new URL(`fixtures/histories/${name}.json`, import.meta.url))
      const text = canonicalText({ workflowId, history, ...log })
      writeFileSync(file, `${text.replaceAll(checkout, '/tributary/').replaceAll(hostname(), 'machine')}\n`)
    }
  } finally {
    await close()
  }
} finally {
  chat.close()
  home.remove()
}

/** Which process and machine did a step is nobody's business, and no part of a replay. */
function withoutWorkers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWorkers)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => name !== 'identity')
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutWorkers(inner)]))
}
