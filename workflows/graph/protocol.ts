import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { ApprovalVerdict } from '../../kernel/index.ts'

/** The failure type by which `interrupt` of an activity leaves it. */
export const interruptType = 'graph/interrupt'

/** One entry of a run's log. `seq` counts from 0 without a gap; `path` names the enclosing subgraphs. */
export type GraphEvent = {
  seq: number
  kind: 'node' | 'custom' | 'interrupt' | 'resume' | 'end'
  node: string
  path: string[]
  data: unknown
}

/** A part of the log. `first` is the oldest entry still kept: below it, entries were dropped by the bound. */
export type EventPage = { events: GraphEvent[]; first: number; next: number; done: boolean }

/** Something a person must answer. Its id is stable over replays and the same for every run of the same course. */
export type PendingInterrupt = { id: string; node: string; value: unknown }

export type GraphSnapshot<State = unknown> = {
  values: State | undefined
  status: 'running' | 'waiting' | 'done'
  interrupts: PendingInterrupt[]
  /** Calls of activity nodes so far. */
  calls: number
}

export const graphState = defineQuery<GraphSnapshot>('graphState')
export const graphInterrupts = defineQuery<PendingInterrupt[]>('graphInterrupts')
export const graphEvents = defineQuery<EventPage, [from?: number]>('graphEvents')

/** Answers one interrupt; resolves when the answer is taken, not when the graph has gone on. */
export const graphResume = defineUpdate<{ waiting: number }, [id: string, value: unknown]>('graphResume')

/** What an activity emits while it is at work: items `from` on of all that this step emits. What was heard is not heard again. */
export const graphEmit = defineSignal<[step: string, from: number, items: unknown[]]>('graphEmit')

/**
 * Waits until the log has an entry `from` or the run is done, at most `waitMs` (capped at 20 s).
 * Each call leaves four events in the history; where many come, the graph goes on in a new run before the server's bound of
 * 2,000 updates. For a late or rare look use the query.
 */
export const graphNextEvents = defineUpdate<EventPage, [from: number, waitMs?: number]>('graphNextEvents')

/** What was said of an action that waits, or will: unlike an update it reaches a workflow whose worker is down. */
export const graphVerdict = defineSignal<[ApprovalVerdict]>('graphVerdict')
