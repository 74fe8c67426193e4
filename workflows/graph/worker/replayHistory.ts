import { TributaryError } from '../../../kernel/index.ts'
import { defaultPayloadConverter } from '@temporalio/common'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import type { BlobStore } from '../payload/blobStore.ts'
import { decode } from '../payload/decode.ts'
import { encode, type Json } from '../payload/encode.ts'
import type { GraphEvent } from '../protocol.ts'
import type { ProbeEntry } from '../replayProbe.ts'
import { inlineHistory } from './inlineHistory.ts'
import { replayedHistory } from './replayedHistory.ts'

/** The first thing in which a replay differs from what was recorded. */
export type ReplayDifference = { what: string; recorded: string; replayed: string }

type History = ReturnType<typeof historyFromJSON>
type HistoryEvent = NonNullable<History['events']>[number]

type Replay = {
  bundle: { codePath: string }
  history: unknown
  workflowId: string
  /** Where large payloads lie, if the history has some that were not inlined. */
  blobs?: BlobStore
}

/**
 * Replays a stored history (JSON, as historyToJson writes it) against the workflow code of a bundle, and compares
 * values too: the arguments of every activity and child workflow, and the result, or the state that went to the next run of
 * the chain. With the `events` of the recorded run its event log is compared as well. Temporal's own replay compares the
 * kinds and names of commands only, so it would not see an edited number.
 *
 * Returns undefined when nothing differs. Cost: about 0.3 s and the workflow's own sandbox time.
 * Throws graph/history-unreadable when the JSON is no history.
 */
export async function replayHistory(
  options: Replay & { events?: readonly GraphEvent[] | undefined },
): Promise<ReplayDifference | undefined> {
  const recorded = await readHistory(options)
  const { replayed, events, failure } = await replayOf(options)
  // A replay that fails stops early: then only what it did is compared, and the failure itself comes after.
  const compared = failure === undefined ? Math.max(recorded.length, replayed.length) : replayed.length
  const different = firstDifference('entry', recorded.slice(0, compared), replayed)
  if (different !== undefined) return different
  if (failure !== undefined) return { what: 'commands', recorded: 'this history', replayed: failure.message }
  return options.events && firstDifference('event', options.events.map(asStored), events.map(asStored))
}

/** The whole event log of a run from its history alone, also what its own bounded log has dropped. */
export async function replayEvents(options: Replay): Promise<GraphEvent[]> {
  await readHistory(options)
  const { events, failure } = await replayOf(options)
  if (failure !== undefined) throw failure
  return events
}

async function replayOf({ bundle, history, workflowId, blobs }: Replay) {
  const { entries, failure } = await replayedHistory(bundle, history, workflowId, blobs)
  return {
    replayed: entries.filter(({ kind }) => kind !== 'event'),
    events: entries.flatMap((entry) => (entry.kind === 'event' ? [decode(entry.event) as GraphEvent] : [])),
    failure,
  }
}

function firstDifference(
  what: string,
  recorded: readonly object[],
  replayed: readonly object[],
): ReplayDifference | undefined {
  for (let i = 0; i < Math.max(recorded.length, replayed.length); i++) {
    const [was, is] = [recorded[i], replayed[i]].map((entry) =>
      entry ? JSON.stringify(inOrder(entry)) : 'nothing',
    ) as [string, string]
    if (was !== is) return { what: `${what} ${i}`, recorded: was, replayed: is }
  }
  return undefined
}

// Of two records of one thing, one may have its keys sorted.
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([key, item]) => [key, inOrder(item)]))
}

const asStored = (event: GraphEvent) => encode(event) as object

async function readHistory({ history: json, blobs }: Replay): Promise<ProbeEntry[]> {
  const history = historyOf(json)
  const { events } = blobs === undefined ? history : await inlineHistory(history, blobs)
  return events!.flatMap(entryOf)
}

function historyOf(json: unknown): History {
  try {
    const history = historyFromJSON(json)
    if (history.events?.[0]?.workflowExecutionStartedEventAttributes) return history
  } catch {
    // falls through to the coded error
  }
  throw new TributaryError('This is not the JSON of a workflow history.', {
    code: 'graph/history-unreadable',
    facts: { type: typeof json },
    tryThis: 'give what historyToJson wrote: an object with an array `events`',
  })
}

function entryOf(event: HistoryEvent): ProbeEntry[] {
  const activity = event.activityTaskScheduledEventAttributes
  if (activity) return [{ kind: 'activity', name: activity.activityType?.name ?? '', args: plain(activity.input) }]
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes
  if (child) return [{ kind: 'child', name: child.workflowType?.name ?? '', args: plain(child.input) }]
  const completed = event.workflowExecutionCompletedEventAttributes
  if (completed) return [{ kind: 'result', result: plain(completed.result)[0] ?? null }]
  const continued = event.workflowExecutionContinuedAsNewEventAttributes
  if (continued) return [{ kind: 'continued', args: plain(continued.input) }]
  return []
}

type Payloads = NonNullable<HistoryEvent['activityTaskScheduledEventAttributes']>['input']

// Undecoded, that is with its tags: both sides are compared in the form in which they are stored.
function plain(payloads: Payloads): Json[] {
  return (payloads?.payloads ?? []).map(
    (payload) => defaultPayloadConverter.fromPayload<Json | undefined>(payload) ?? null,
  )
}
