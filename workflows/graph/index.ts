// The sandbox side of LangGraph on Temporal: import it in workflows and agents. Worker, client and tools have doors of their
// own: ./worker, ./client, ./activity.
export { durableGraph, type DurableGraph, type DurableGraphOptions } from './durableGraph.ts'
export { inActivity } from './inActivity.ts'
export type { ActivityPlacement, GraphPlacement, Placement, WorkflowPlacement } from './placement.ts'
export type { HistoryBound } from './historyBound.ts'
export { codedFailures, toFailure } from './toFailure.ts'
export { graphFailure } from './graphFailure.ts'
export {
  graphInterrupts,
  graphResume,
  graphVerdict,
  type EventPage,
  type GraphEvent,
  type GraphSnapshot,
  type PendingInterrupt,
} from './protocol.ts'
