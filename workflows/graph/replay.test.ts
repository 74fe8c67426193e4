import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { beforeAll, expect, test } from 'vitest'
import { decode } from './payload/decode.ts'
import type { Json } from './payload/encode.ts'
import type { GraphEvent } from './index.ts'
import { testBundle } from './testing/testBundle.ts'
import { replayHistory, type WorkflowBundle } from './worker/index.ts'

type Payloads = { payloads: { data: string }[] }
type Event = Record<string, { input?: Payloads; result?: Payloads; activityType?: { name: string } } | undefined>
type Recorded = { workflowId: string; histories: { events: Event[] }[]; events: GraphEvent[]; state: Json }

const folder = fileURLToPath(new URL('./fixtures/', import.meta.url))
const names = readdirSync(folder).map((file) => file.replace('.json', ''))
function recorded(name: string): Recorded {
  const stored = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Omit<Recorded, 'events'> & {
    events: Json[]
  }
  return { ...stored, events: stored.events.map((event) => decode(event) as GraphEvent) }
}

let bundle: WorkflowBundle
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => {}) })
  bundle = await testBundle(fileURLToPath(new URL('./testing/workflows.ts', import.meta.url)))
})

/** Replays every run of the chain, each with the part of the log that it wrote. */
async function replay({ workflowId, histories, events }: Recorded) {
  let from = 0
  for (const [i, history] of histories.entries()) {
    const last = i === histories.length - 1
    // A run that goes on hands the log over: it holds what was written until then.
    const to = last ? events.length : carriedNext(history)
    const found = await replayHistory({ bundle, history, workflowId, events: events.slice(from, to) })
    if (found !== undefined) return found
    from = to
  }
  return undefined
}
const decoded = ({ payloads }: Payloads) => JSON.parse(atob(payloads.at(-1)!.data)) as { log: { next: number } }
const carriedNext = ({ events }: { events: Event[] }) =>
  decoded(events.at(-1)!['workflowExecutionContinuedAsNewEventAttributes']!.input!).log.next

test('there is a recorded run of each of 11 graphs, one of them of 2 workflow runs', () => {
  expect(names).toHaveLength(11)
  expect(recorded('longHaul').histories).toHaveLength(2)
})

test.each(names)('%s replays to the recorded commands, final state and event log', async (name) => {
  const run = recorded(name)
  const completed = run.histories.at(-1)!.events.at(-1)!['workflowExecutionCompletedEventAttributes']!
  expect(JSON.parse(atob(completed.result!.payloads[0]!.data))).toEqual(run.state)
  expect(await replay(run)).toBeUndefined()
})

test.each(names)('control: %s with another final state does not replay', async (name) => {
  const run = recorded(name)
  const { result } = run.histories.at(-1)!.events.at(-1)!['workflowExecutionCompletedEventAttributes']!
  const [payload] = result!.payloads
  payload!.data = btoa(JSON.stringify({ ...(JSON.parse(atob(payload!.data)) as object), more: 1 }))
  expect((await replay(run))?.recorded).toContain('"more":1')
})

test.each(names)('control: %s with another event in its log, or one event less, does not replay', async (name) => {
  const run = recorded(name)
  const at = Math.floor(run.events.length / 2)
  const other = run.events.map((event, i) => (i === at ? { ...event, node: 'elsewhere' } : event))
  expect(await replay({ ...run, events: other })).toMatchObject({ what: expect.stringMatching(/^event \d+$/) })
  expect(await replay({ ...run, events: run.events.slice(0, -1) })).toMatchObject({ recorded: 'nothing' })
})

test.each(names.filter((name) => name !== 'localCounter'))(
  'control: %s with a renamed step does not replay',
  async (name) => {
    const run = recorded(name)
    const events = run.histories.at(-1)!.events
    const scheduled = events.findLast((event) => event['activityTaskScheduledEventAttributes'] !== undefined)
    if (scheduled === undefined) return expect(name).toBe('panel')
    scheduled['activityTaskScheduledEventAttributes']!.activityType = { name: 'give_it_all_away' }
    return expect(await replay(run)).toBeDefined()
  },
)
