/**
 * Records one run of each test graph, with its state and event log, for replay.test.ts: `node workflows/graph/testing/recordGraphs.ts`.
 * Run it when a graph's course is changed on purpose. It needs TEMPORAL_CLI_PATH.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { HumanMessage } from '@langchain/core/messages'
import { encode, type Json } from '../payload/encode.ts'
import { historyToJson } from '../worker/index.ts'
import { openTestGraphs } from './testGraphs.ts'

/** Each graph with its input, and the answers to whatever it asks, in the order of their ids. */
const runs: Record<string, { input: unknown; answers?: string[] }> = {
  survey: { input: { docs: ['a', 'bb', 'ccc'] }, answers: ['yes', 'now'] },
  panel: { input: { people: ['ada', 'bob'] }, answers: ['yes', 'no', 'really', 'never'] },
  agent: { input: { messages: [new HumanMessage({ id: 'h-1', content: 'four' })] } },
  counter: { input: { n: 0, until: 5 } },
  router: { input: { text: 'abc' } },
  clerk: { input: { people: ['one', 'two'] }, answers: ['Ada', 'Bob', 'yes', 'no'] },
  toolUser: { input: { messages: [new HumanMessage({ id: 'h-1', content: 'sums' })] } },
  typed: { input: { how: 'fine' } },
  longHaul: { input: { n: 0, until: 10, asks: true }, answers: ['yes'] },
  localCounter: { input: { n: 0, until: 5 } },
  flaky: { input: { n: 0, until: 1 } },
}

const folder = fileURLToPath(new URL('../fixtures/', import.meta.url))
mkdirSync(folder, { recursive: true })
const it = await openTestGraphs('record')
const { graphs, env } = it
for (const [graph, { input, answers = [] }] of Object.entries(runs)) {
  const id = await it.start(graph, input)
  for (const answer of answers) {
    let asked: { id: string }[] = []
    for (; asked.length === 0; await sleep(50)) asked = await graphs.interrupts(id)
    await graphs.resume(id, asked[0]!.id, answer)
  }
  const state = encode(await graphs.result(id))
  const events = (await graphs.events(id)).events.map(encode)
  const first = (await env.client.workflow.getHandle(id).describe()).raw.workflowExecutionInfo?.firstRunId
  const histories: unknown[] = []
  for (let runId: string | null | undefined = first; runId;) {
    const history = await env.client.workflow.getHandle(id, runId).fetchHistory()
    histories.push(historyToJson(history))
    runId = history.events!.at(-1)!.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId
  }
  const recorded = withoutWorkers(JSON.parse(JSON.stringify({ workflowId: id, histories, events, state })) as Json)
  writeFileSync(join(folder, `${graph}.json`), `${JSON.stringify(recorded).replaceAll(hostname(), 'machine')}\n`)
}
await it.close()
process.stdout.write(`recorded ${Object.keys(runs).length} graphs\n`)
process.exit(0)

/** Which process in which folder of which machine did a step is nobody's business, and no part of a replay. */
function withoutWorkers(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutWorkers)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => name !== 'identity' && name !== 'stackTrace')
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutWorkers(inner)]))
}
