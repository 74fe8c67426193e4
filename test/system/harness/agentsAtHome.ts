// A whole home in one process, as `tributary start` has it: store, chain, engine, gateway and worker. It begins a run of the recipe below,
// or goes on with it, and ends when the run has ended. It kills itself by SIGKILL at the moments that it is given, each once: "after ask" is
// when the tool has done what it does and nobody knows yet; "every" is before and after each call. With "prepare" it only puts a model on sale:
// node agentsAtHome.ts <home> <moments> <journal>
import { appendFileSync, readFileSync } from 'node:fs'
import { openTributary } from '../../../temporal.config.ts'
import { boundTools } from '../../../tools/boundTools.ts'
import { runTool, type BoundTool, type ToolContext } from '../../../tools/index.ts'
import { tinyCorpus, tinyDatanet, trainTinyModel } from '../../../tools/testing/trainTinyModel.ts'
import { stateOfHome } from './stateOfHome.ts'

const [home = '', moments = '', journal = ''] = process.argv.slice(2)
const wanted = new Set(moments.split(','))
const note = (line: string) => appendFileSync(journal, `${line}\n`)
const isNoted = (line: string) => readFileSync(journal, 'utf8').split('\n').includes(line)

const yaml = `
recipe: four-agents
summary: Buys, settles, audits and trains.
steps:
  - agent: buyer
    with:
      questions: [{ prompt: What of the floods of the Elbe? }, { prompt: And of the bridges of the Oder? }]
      budgetWei: '1000000000000000000'
      maxTokens: 8
      judge: true
  - agent: treasurer
  - agent: auditor
    with: { epoch: "\${steps.treasurer.epoch}", count: 2 }
  - agent: trainer
    with: { datanet: ${tinyDatanet}, alias: second, budgetMs: 600000, recipes: [quick], samples: 16, groups: 2, seed: 9 }
output:
  buyer: \${steps.buyer}
  treasurer: \${steps.treasurer}
  auditor: \${steps.auditor}
  trainer: \${steps.trainer}
`

/** Calls of the run alone: a home also looks after its payments by itself. */
async function boundary(when: 'before' | 'after', tool: string, { call: { origin, effectKey } }: ToolContext) {
  if (![...(origin?.lineage ?? []), origin?.workflow].some((id) => id?.startsWith('recipe/four-agents/'))) return
  const [moment, call] = [`${when} ${tool}`, `${when} ${tool} ${effectKey}`]
  const killed = `killed ${wanted.has('every') ? call : moment}`
  if ((!wanted.has('every') && !wanted.has(moment)) || isNoted(killed)) return
  note(killed)
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {})
}

for (const tool of boundTools) {
  const { definition, run } = tool
  const watched: BoundTool['run'] = async (input, ctx) => {
    await boundary('before', definition.name, ctx)
    const output = await run(input, ctx)
    await boundary('after', definition.name, ctx)
    return output
  }
  Object.assign(tool, { run: watched })
}

const { ctx, close } = await openTributary({ home, say: () => {} })
if (wanted.has('prepare')) await trainTinyModel(ctx)
else {
  const runRecipe = boundTools.find(({ definition }) => definition.name === 'run_recipe')!
  const written = { file: 'four-agents.yaml', yaml }
  const ended = await runTool(runRecipe, { written }, { ...ctx, call: { face: 'test', effectKey: 'four-agents' } })
  const { server, modelOwner } = ctx.keys
  const own = [server, modelOwner].map(({ address }) => address.toLowerCase())
  const payees = [...new Set([...tinyCorpus().map(({ contributor = '' }) => contributor), ...own])]
  const state = await stateOfHome({ ctx }, payees)
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
  note(`ended ${JSON.stringify({ output: ended['output'], state }, plain)}`)
}
await close()
process.exit()
