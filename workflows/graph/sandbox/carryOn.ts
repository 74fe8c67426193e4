import './polyfills.ts'
import { continueAsNew, type WorkflowInterceptors } from '@temporalio/workflow'
import { TributaryError, type ApprovalVerdict } from '../../../kernel/index.ts'
import type { SavedEventLog } from '../eventLog.ts'
import type { SavedInterrupts } from '../interrupts.ts'
import type { SavedCalls } from '../nodeCalls.ts'
import type { SavedGraph } from './latestSaver.ts'

/** A run under way, as it is handed to the next workflow run of its chain. */
export type Carried = {
  $carried: 1
  graph: string
  saved: SavedGraph
  log: SavedEventLog
  interrupts: SavedInterrupts
  calls: SavedCalls
  /** Of runs of before: the superstep at which the recursion limit is reached. Now `saved` has it, of subgraphs too. */
  stopAt?: number
  /** Nothing is to be run until an answer comes. */
  waits: boolean
  /** What was said of actions that were not asked yet. */
  early?: ApprovalVerdict[]
}

const isCarried = (value: unknown): value is Carried =>
  typeof value === 'object' && value !== null && '$carried' in value && value.$carried === 1

let args: unknown[] = []
let carried: Carried | undefined
let commands = 0

/**
 * Part of every bundle. A graph goes on in a new workflow run under the arguments with which the first was started, and one
 * more that the workflow's own function never sees, so it may wrap its graph in whatever it does with its input.
 */
export const interceptors = (): WorkflowInterceptors => {
  const counted = <Input, Output>(input: Input, next: (input: Input) => Output): Output => {
    commands++
    return next(input)
  }
  return {
    inbound: [
      {
        execute: (input, next) => {
          const last = input.args.at(-1)
          carried = isCarried(last) ? last : undefined
          args = carried === undefined ? input.args : input.args.slice(0, -1)
          return next({ ...input, args })
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: counted,
        scheduleLocalActivity: counted,
        startTimer: counted,
        startChildWorkflowExecution: counted,
      },
    ],
  } satisfies WorkflowInterceptors
}

/**
 * Whether this workflow may go on in a new run: only where nothing was done before its graph began, since that would be
 * done again.
 */
export const mayCarryOn = (): boolean => commands === 0

/** What the run before handed over, once. Throws graph/carried where it belongs to another graph. */
export function takeCarried(graph: string): Carried | undefined {
  const taken = carried
  carried = undefined
  if (taken === undefined || taken.graph === graph) return taken
  throw new TributaryError('The run before this one carried on another graph.', {
    code: 'graph/carried',
    facts: { graph, carried: taken.graph },
    tryThis: 'keep the name of a graph while runs of it are under way',
  })
}

/** Ends this workflow run and starts the next of its chain; throws what Temporal takes as that. */
export function carryOn(next: Carried): Promise<never> {
  return continueAsNew(...args, next)
}
