// A worker with a real store and small tools that write down what they do, for tests that kill it:
// node recipeWorker.ts <address> <bundle> <task queue> <store> <journal>
import { appendFileSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { TributaryError } from '../../../kernel/index.ts'
import { createLogger } from '../../../logging/index.ts'
import { testTools } from '../../../recipes/testing/testRecipes.ts'
import { openStore } from '../../../store/index.ts'
import { bindTool, type ToolContext } from '../../../tools/index.ts'
import { serveTools } from './serveTools.ts'

const [address = '', codePath = '', taskQueue = '', dir = '', journal = ''] = process.argv.slice(2)
const store = await openStore({ dir })
const log = createLogger({ file: `${journal}.log` })
const tool = { effect: 'write', output: testTools.note.output } as const
const note = { ...tool, ...testTools.note, name: 'note' }
const refuse = { ...tool, ...testTools.refuse, name: 'refuse' }

/** It happens once: a run that comes again looks first, as ours do at store and chain. */
async function happen(name: string): Promise<void> {
  appendFileSync(journal, `begin ${name}\n`)
  await sleep(150)
  if (!readFileSync(journal, 'utf8').includes(`happened ${name}\n`)) appendFileSync(journal, `happened ${name}\n`)
  await sleep(150)
}

const tools = [
  bindTool(note, async ({ name, n }) => {
    await happen(name)
    return { n: n + 1, items: ['x', 'y', 'z'] }
  }),
  bindTool(refuse, async ({ name }) => {
    await happen(name)
    throw new TributaryError('Not today.', { code: 'budget/per-day', tryThis: 'wait' })
  }),
]
const ctx = { store, log, now: Date.now, call: { face: 'activity' } } as unknown as ToolContext
await serveTools(tools, ctx, { address, codePath, taskQueue, journal })
