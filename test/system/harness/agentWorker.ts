// A worker with the five agents, the one door and a real store, for tests that kill it. The curator's tools and `decide` are the real ones;
// what would take minutes or a chain is stood in for by small ones that write down what they did:
// node agentWorker.ts <address> <bundle> <task queue> <store> <journal>
import { appendFileSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { memoryTools } from '../../../agents/testing/memoryTools.ts'
import { operatorTools } from '../../../agents/testing/operatorTools.ts'
import { makeSample } from '../../../datanets/index.ts'
import { digestOf, payeeIdString } from '../../../kernel/index.ts'
import { createLogger } from '../../../logging/index.ts'
import { openStore } from '../../../store/index.ts'
import { contributions, datanets, samples } from '../../../store/schema/index.ts'
import { boundTools } from '../../../tools/boundTools.ts'
import { definitions } from '../../../tools/definitions.ts'
import { bindTool, type BoundTool, type ToolContext } from '../../../tools/index.ts'
import { serveTools } from './serveTools.ts'

const [address = '', codePath = '', taskQueue = '', dir = '', journal = ''] = process.argv.slice(2)
const store = await openStore({ dir })
const log = createLogger({ file: `${journal}.log` })
const note = (line: string) => appendFileSync(journal, `${line}\n`)

/** A Datanet of 10: two with an address, three short enough to doubt, one of which repeats another. */
const prompts = ['Why?', 'Who?', 'why?', 'Write to ada.lovelace@riverbank.com', 'Write to bob.stone@riverbank.com', ...['sand', 'stones', 'boats', 'mills', 'eels'].map((what) => `What does a river do with ${what}?`)] // prettier-ignore
const payee = payeeIdString.parse(`0x${'12'.repeat(20)}`)
await store.db.insert(datanets).values({ id: 'net', title: 'net', createdAtMs: 1 }).onConflictDoNothing()
for (const [position, prompt] of prompts.entries()) {
  const sample = makeSample({ prompt, completion: `${prompt} Nobody knows.`, payee, licence: 'MIT', source: 's' })
  const at = { datanet: 'net', sample: sample.id, position, payee, revealedAtMs: 1 }
  const commitment = { salt: digestOf('salt'), commitment: digestOf(position), batchRoot: digestOf('batch') }
  await store.db.insert(samples).values(sample).onConflictDoNothing()
  await store.db.insert(contributions).values({ ...at, ...commitment }).onConflictDoNothing()
} // prettier-ignore

/** A read can be killed before it, what has an effect when it happened and nobody knows yet; it happens once: a run that comes again looks first. */
function watched({ definition, onUncertain, run }: BoundTool): BoundTool {
  return {
    definition,
    onUncertain,
    run: async (input, ctx) => {
      const what = `${definition.name} ${ctx.call.origin?.step}`
      note(`${definition.effect === 'read' ? 'look' : 'begin'} ${what}`)
      await sleep(150)
      const output = await run(input, ctx)
      if (definition.effect !== 'read' && !readFileSync(journal, 'utf8').includes(`happened ${what}\n`)) {
        note(`happened ${what}`)
        await sleep(150)
      }
      return output
    },
  }
}

const { activities: operator } = operatorTools({ verdicts: ['PASS', 'FAIL'], seconds: { quick: 10 } }) // prettier-ignore
const { activities: memory } = memoryTools({ feesWei: ['7'], models: [['a', 5], ['b', 9]] }) // prettier-ignore
const judged = async () => ({ option: 'useful', by: 'policy', provider: null, model: null, policy: 'p/1', reason: 'so it is' }) // prettier-ignore
const { preview_training, register_adapter, reconcile_budget, status, close_epoch, epoch_report, draw_audits, audit, file_finding } = operator // prettier-ignore
const { list_models, quote, ask } = memory
const stands = { preview_training, register_adapter, reconcile_budget, status, close_epoch, epoch_report, draw_audits, audit, file_finding, list_models, quote, ask, judge_answer: judged } // prettier-ignore
const tools = [
  ...Object.entries(stands).map(([name, run]) => {
    const definition = definitions[name as keyof typeof definitions]
    const call = run as (input: unknown, step: string) => Promise<Record<string, unknown>>
    return bindTool(definition, (input, ctx) => call(input, ctx.call.origin?.step ?? '') as never)
  }),
  ...boundTools.filter(({ definition: { name } }) =>
    ['decide', 'plan_curation', 'check_samples', 'judge_doubts', 'find_duplicates', 'record_decisions'].includes(name),
  ),
]

const ctx = {
  store,
  log,
  now: Date.now,
  call: { face: 'activity' },
  // A model that takes one doubtful sample out, and else does as the policy.
  decider: {
    provider: 'p',
    model: 'm',
    choose: async ({ about, policy }: { about: { prompt?: string }; policy: { option: string } }) => ({
      said: { option: about.prompt === 'Who?' ? 'reject' : policy.option, reason: 'so it is' },
      output: 'so it is',
      inputTokens: 1,
      outputTokens: 1,
    }),
  },
} as unknown as ToolContext
await serveTools(tools.map(watched), ctx, { address, codePath, taskQueue, journal })
