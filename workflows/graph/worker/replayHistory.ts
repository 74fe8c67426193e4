import { TributaryError } from '../../../kernel/index.ts'
import { defaultPayloadConverter } from '@temporalio/common'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import type { Json } from '../payload/encode.ts'
import type { ProbeEntry } from '../replayProbe.ts'
import { replayedHistory } from './replayedHistory.ts'

/** The first thing in which a replay differs from what was recorded. */
export type ReplayDifference = { what: string; recorded: string; replayed: string }

type History = ReturnType<typeof historyFromJSON>
type HistoryEvent = NonNullable<History['events']>[number]

/**
 * Replays a stored history (JSON, as historyToJson writes it) against the workflow code of a bundle, and compares
 * values too: the arguments of every activity and child workflow, and the result. Temporal's own replay compares the
 * kinds and names of commands only, so it would not see an edited number.
 *
 * Returns undefined when nothing differs. Cost: about 0.3 s and the workflow's own sandbox time.
 * Throws graph/history-unreadable when the JSON is no history.
 */
export async function replayHistory(options: {
  bundle: { codePath: string }
  history: unknown
  workflowId: string
}): Promise<ReplayDifference | undefined> {
  const recorded = readHistory(options.history)
  const { entries: replayed, failure } = await replayedHistory(options.bundle, options.history, options.workflowId)
  // A replay that fails stops early: then only what it did is compared, and the failure itself comes after.
  const compared = failure === undefined ? Math.max(recorded.length, replayed.length) : replayed.length
  for (let i = 0; i < compared; i++) {
    const [was = 'nothing', is = 'nothing'] = [recorded[i], replayed[i]].map((entry) => entry && JSON.stringify(entry))
    if (was !== is) return { what: `entry ${i}`, recorded: was, replayed: is }
  }
  return failure && { what: 'commands', recorded: 'this history', replayed: failure.message }
}

function readHistory(json: unknown): ProbeEntry[] {
  try {
    const { events } = historyFromJSON(json)
    if (events?.[0]?.workflowExecutionStartedEventAttributes) return events.flatMap(entryOf)
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
  return []
}

type Payloads = NonNullable<HistoryEvent['activityTaskScheduledEventAttributes']>['input']

// Undecoded, that is with its tags: both sides are compared in the form in which they are stored.
function plain(payloads: Payloads): Json[] {
  return (payloads?.payloads ?? []).map(
    (payload) => defaultPayloadConverter.fromPayload<Json | undefined>(payload) ?? null,
  )
}
