// The sandbox side of LangGraph on Temporal: import it in workflows and agents. Worker and client: ./worker/index.ts.
export { durableGraph, type DurableGraphOptions } from './durableGraph.ts'
export { inActivity } from './inActivity.ts'
export type { ActivityPlacement, GraphPlacement, Placement, WorkflowPlacement } from './placement.ts'
export { codedFailures, toFailure } from './toFailure.ts'
export { graphFailure } from './graphFailure.ts'
export {
  graphEvents,
  graphInterrupts,
  graphNextEvents,
  graphResume,
  graphState,
  type EventPage,
  type GraphEvent,
  type GraphSnapshot,
  type PendingInterrupt,
} from './protocol.ts'
