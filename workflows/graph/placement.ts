import type { Duration } from '@temporalio/common'
import type { TributaryError } from '../../kernel/index.ts'

/** Where a node of a graph runs. Every node says so: none runs anywhere by accident. */
export type Placement = ActivityPlacement | WorkflowPlacement | GraphPlacement

/** In an activity, that is outside the sandbox: all that reads or changes the world. */
export type ActivityPlacement = {
  as: 'activity'
  /** Name of the activity = name of the tool. */
  activity: string
  /** Longest run of one attempt. */
  timeout: Duration
  /** Longest silence of one attempt; without it a worker that dies is noticed only after `timeout`. */
  heartbeat?: Duration
  /** Attempts in all (default 5) and the first pause between them (default 1 s, doubling up to 30 s). */
  retry?: { attempts?: number; firstPause?: Duration }
  /** Runs in the worker that holds the workflow, with no task of its own: for reads of some milliseconds, idempotent, since
   * one that is cut is run again. No heartbeat. */
  local?: boolean
  /** The queue whose workers have this tool. Default: that of the workflow, where createWorker checks that the tool exists. */
  taskQueue?: string
  /** The activity's input, made from the state (or from the arguments of a Send). Default: all of it. */
  pick?: (state: never) => unknown
  /** The state's update, made from the activity's output. Default: the output. May return a Command. */
  put?: (output: unknown, state: never) => unknown
  /** The state's update where the activity failed for good with a coded error; undefined lets the graph fail with it. */
  rescue?: (error: TributaryError, state: never) => unknown
}

/** Inline, in the sandbox: pure functions of the state, and interrupts. */
export type WorkflowPlacement = { as: 'workflow' }

/** A compiled subgraph, whose own nodes are placed in the same way. */
export type GraphPlacement = { as: 'graph'; nodes: Record<string, Placement> }
