import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { beforeAll, expect, test } from 'vitest'
import { shippedRecipes } from '../../recipes/index.ts'
import type { GraphEvent } from '../../workflows/graph/index.ts'
import { buildWorkflowBundle, replayHistory, type WorkflowBundle } from '../../workflows/graph/worker/index.ts'
import { checkout } from './harness/tinyHome.ts'

type Event = Record<string, { input?: { payloads: { data: string }[] } } | undefined>
/** `events`: the log of a graph. */
type Stored = { workflowId: string; history: { events: Event[] }; events?: GraphEvent[] }

const folder = fileURLToPath(new URL('../fixtures/histories/', import.meta.url))
const names = readdirSync(folder)
  .map((file) => file.replace('.json', ''))
  .toSorted()
const stored = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Stored

let bundle: WorkflowBundle
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  bundle = await buildWorkflowBundle({
    workflowsPath: join(checkout, 'workflows', 'index.ts'),
    cacheDir: join(checkout, 'node_modules', '.cache', 'tributary', 'system', 'bundles'),
  })
})

const scheduled = 'activityTaskScheduledEventAttributes'
const begun = 'startChildWorkflowExecutionInitiatedEventAttributes'
type Step = {
  input?: { payloads: { data: string }[] }
  activityType?: { name: string }
  workflowType?: { name: string }
}
/** An activity, or a workflow under this one. */
const lastStep = ({ history: { events } }: Stored): Step =>
  events.map((event) => event[scheduled] ?? event[begun]).findLast((step) => step !== undefined)!

const agents = ['auditor', 'buyer', 'curator', 'trainer', 'treasurer']
/** `<workflow>`, and after a dot what it shows. */
const agentNames = names.filter((name) => agents.includes(name.split('.')[0]!))

test('there is a recorded history of each of the 11 workflows, of each of the 5 recipes that come along, and of one that takes back what it did', () => {
  expect(names).toEqual([
    'attribute',
    'auditor',
    'auditor.finds',
    'buyer',
    'buyer.chooses',
    'curator',
    'curator.asks',
    'curator.judges',
    'fineTune',
    ...[...shippedRecipes(), 'taken-back'].map((recipe) => `recipe.${recipe}`).toSorted(),
    'settle',
    'settle-of-before',
    'tour',
    'trainer',
    'treasurer',
    'treasurer.closes',
    'unroll',
  ])
})

test.each([
  ['auditor', 6],
  ['buyer', 8],
  ['curator', 7],
  ['trainer', 5],
  ['treasurer', 5],
])('the recorded histories of the %s visit each of the %i nodes of its graph', (agent, count) => {
  const source = readFileSync(join(checkout, 'agents', agent, `${agent}Graph.ts`), 'utf8')
  const nodes = new Set([...source.matchAll(/\.addNode\('(\w+)'/g)].map(([, node]) => node))
  expect(nodes.size).toBe(count)
  const events = names.filter((name) => name.split('.')[0] === agent).flatMap((name) => stored(name).events ?? [])
  expect(new Set(events.flatMap(({ kind, node }) => (kind === 'node' ? node : [])))).toEqual(nodes)
})

test('the recorded recipe that failed has run two of its steps side by side, waited, skipped one, and taken back two, the last first', () => {
  const { events } = stored('recipe.taken-back').history
  const steps = events.flatMap((event) => {
    const payload = event[scheduled]?.input?.payloads[1]
    return payload === undefined ? [] : [JSON.parse(atob(payload.data)) as string]
  })
  expect(steps.toSorted()).toEqual(['taken-back/bond_status[0]', 'taken-back/bond_status[1]', 'taken-back/bond_status[2]', 'taken-back/day', 'taken-back/day/undo', 'taken-back/epoch_report', 'taken-back/models', 'taken-back/run', 'taken-back/run/undo']) // prettier-ignore
  expect(steps.slice(-2)).toEqual(['taken-back/run/undo', 'taken-back/day/undo'])
})

test.each(names)('the history of %s that was recorded before replays on the code of today', async (name) => {
  const { workflowId, history, events } = stored(name)
  expect(await replayHistory({ bundle, history, workflowId, events })).toBeUndefined()
})

test.each(agentNames)('control: with one event of its log changed, the history of %s does not replay', async (name) => {
  const { workflowId, history, events = [] } = stored(name)
  expect(events.at(-1)?.kind).toBe('end')
  const changed = events.with(1, { ...events[1]!, data: { more: 1 } })
  expect(await replayHistory({ bundle, history, workflowId, events: changed })).toMatchObject({ what: 'event 1' })
})

test.each(names)(
  'control: with the arguments of its last step changed, the history of %s does not replay',
  async (name) => {
    const changed = stored(name)
    const payload = lastStep(changed).input!.payloads[0]!
    payload.data = btoa(JSON.stringify({ more: 1, ...(JSON.parse(atob(payload.data)) as object) }))
    const difference = await replayHistory({ bundle, history: changed.history, workflowId: changed.workflowId })
    expect(difference?.recorded).toContain('"more":1')
    expect(difference?.replayed).not.toContain('"more":1')
  },
)

test.each(names)('control: with its last step under another name, the history of %s does not replay', async (name) => {
  const changed = stored(name)
  const step = lastStep(changed)
  const kind = step.activityType === undefined ? 'workflowType' : 'activityType'
  step[kind] = { name: 'give_it_all_away' }
  expect(await replayHistory({ bundle, ...changed })).toBeDefined()
})
