import './sandbox/asyncContext.ts'
import { graphFailure } from './graphFailure.ts'
import { reportGraph } from './graphCheck.ts'
import { workflowInfo } from '@temporalio/workflow'
import type { HistoryBound } from './historyBound.ts'
import { createNodeCalls } from './nodeCalls.ts'
import { placeNodes, type GraphBuilder } from './placeNodes.ts'
import type { Placement } from './placement.ts'
import { runGraph } from './runGraph.ts'
import { toFailure } from './toFailure.ts'

export type DurableGraphOptions<Node extends string = string> = {
  /** Name of the graph, in errors and steps, and for `start(graph)`: that under which the function is exported, which is the
   * type of the workflow. Left out, steps bear the workflow's type, and `start` takes its name as a string. */
  name?: string
  /** Where each node runs: all of them, and no other. */
  nodes: Record<Node, Placement>
  /** Most supersteps of one run (between two interrupts). Default 100; more than about 1,000 inline steps in one
   * activation outlast Temporal's two-second deadlock limit. */
  recursionLimit?: number
  /** How many events the log keeps. Default 1,000. */
  eventLimit?: number
  /** How far the history may grow before the graph goes on in a new workflow run, which no caller notices. */
  continueAfter?: HistoryBound
}

/** A workflow function. Export it from the file that a worker gets as its graphs. */
export type DurableGraph<Input, State> = (input: Input) => Promise<State>

type NodesOf<Builder> = Builder extends { nodes: Record<infer Name extends string, unknown> }
  ? Exclude<Name, '__start__' | '__end__'>
  : string
type InputOf<Builder> = Builder extends { compile: (...args: never[]) => { '~InputType': infer Input } }
  ? Input
  : unknown
type StateOf<Builder> = Builder extends { compile: (...args: never[]) => { '~OutputType': infer State } }
  ? State
  : unknown

/**
 * Makes a workflow function of a LangGraph StateGraph: nodes run as activities or inline as placed, an interrupt
 * becomes a query plus an update that resumes it by id, events and state can be asked for while it runs, and
 * Temporal's history is the only durable store.
 *
 * Give the builder, or a function that makes it (then an error while building is reported with its code as well).
 * A graph that can't be built does not throw here: checkGraphs refuses it at worker start, and a run that is started
 * all the same fails at once instead of retrying its first task for ever.
 *
 * Every activity is called as `(input, step)`; the step is `<graph>/<node>#<count>`, stable over retries and replays.
 * A graph made with a zod object or a StateSchema has every output of a node checked against it.
 * Cost: about 2 ms of sandbox time a superstep. Fails with graph/recursion-limit, graph/invalid-update,
 * graph/invalid-state, graph/payload, graph/node-failed, or the coded error of the activity.
 */
export function durableGraph<Builder extends GraphBuilder>(
  builder: Builder | (() => Builder),
  { name, nodes, recursionLimit = 100, eventLimit = 1_000, continueAfter = {} }: DurableGraphOptions<NodesOf<Builder>>,
): DurableGraph<InputOf<Builder>, StateOf<Builder>> {
  const nameNow = () => name ?? workflowInfo().workflowType
  const calls = createNodeCalls(nameNow)
  const { placed, broken } = reportGraph(name, (use) =>
    placeNodes(typeof builder === 'function' ? builder() : builder, nodes, calls, use),
  )
  const run = async (input: InputOf<Builder>) => {
    if (broken !== undefined) throw toFailure(broken)
    const graph = nameNow()
    try {
      const options = { name: graph, recursionLimit, eventLimit, continueAfter, calls }
      return (await runGraph(placed, input, options)) as StateOf<Builder>
    } catch (error) {
      throw graphFailure(error, graph)
    }
  }
  // So that executeChild(run) and start(run) know the workflow's type: export it under this name.
  return Object.defineProperty(run, 'name', { value: name ?? '' })
}
