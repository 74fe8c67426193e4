import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { beforeAll, expect, test } from 'vitest'
import type { GraphEvent } from '../../workflows/graph/index.ts'
import { buildWorkflowBundle, replayHistory, type WorkflowBundle } from '../../workflows/graph/worker/index.ts'
import { checkout } from './harness/tinyHome.ts'

type Event = Record<string, { input?: { payloads: { data: string }[] } } | undefined>
/** `events`: the log of a graph. */
type Stored = { workflowId: string; history: { events: Event[] }; events?: GraphEvent[] }

const folder = fileURLToPath(new URL('../fixtures/histories/', import.meta.url))
const names = readdirSync(folder).map((file) => file.replace('.json', ''))
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
const indexOfLastStep = ({ history: { events } }: Stored) =>
  events.findLastIndex((event) => event[scheduled] !== undefined)

test('there is a recorded history of each of the 11 workflows, and of a settlement that began before answers were confirmed', () => {
  expect(names).toEqual([
    'attribute',
    'auditor',
    'buyer',
    'curator',
    'fineTune',
    'recipe',
    'settle-of-before',
    'settle',
    'tour',
    'trainer',
    'treasurer',
    'unroll',
  ])
})

test.each(names)('the history of %s that was recorded before replays on the code of today', async (name) => {
  const { workflowId, history, events } = stored(name)
  expect(await replayHistory({ bundle, history, workflowId, events })).toBeUndefined()
})

test.each(['auditor', 'buyer', 'curator', 'trainer', 'treasurer'])(
  'control: with one event of its log changed, the history of %s does not replay',
  async (name) => {
    const { workflowId, history, events = [] } = stored(name)
    expect(events.at(-1)?.kind).toBe('end')
    const changed = events.with(1, { ...events[1]!, data: { more: 1 } })
    expect(await replayHistory({ bundle, history, workflowId, events: changed })).toMatchObject({ what: 'event 1' })
  },
)

test.each(names)(
  'control: with the arguments of its last step changed, the history of %s does not replay',
  async (name) => {
    const changed = stored(name)
    const payload = changed.history.events[indexOfLastStep(changed)]![scheduled]!.input!.payloads[0]!
    payload.data = btoa(JSON.stringify({ more: 1, ...(JSON.parse(atob(payload.data)) as object) }))
    const difference = await replayHistory({ bundle, history: changed.history, workflowId: changed.workflowId })
    expect(difference?.recorded).toContain('"more":1')
    expect(difference?.replayed).not.toContain('"more":1')
  },
)

test.each(names)('control: with its last step under another name, the history of %s does not replay', async (name) => {
  const changed = stored(name)
  const step = changed.history.events[indexOfLastStep(changed)]![scheduled] as { activityType?: { name: string } }
  step.activityType = { name: 'give_it_all_away' }
  expect(await replayHistory({ bundle, ...changed })).toBeDefined()
})
