import './sandbox/asyncContext.ts'
import { graphFailure } from './graphFailure.ts'
import { reportGraph } from './graphCheck.ts'
import { placeNodes, type GraphBuilder } from './placeNodes.ts'
import type { Placement } from './placement.ts'
import { runGraph } from './runGraph.ts'
import { toFailure } from './toFailure.ts'

export type DurableGraphOptions<Node extends string = string> = {
  /** The name under which the function is exported, that is the workflow type; also in errors and steps. */
  name: string
  /** Where each node runs: all of them, and no other. */
  nodes: Record<Node, Placement>
  /** Most supersteps of one run (between two interrupts). Default 100; more than about 1,000 inline steps in one
   * activation outlast Temporal's two-second deadlock limit. */
  recursionLimit?: number
  /** How many events the log keeps. Default 1,000. */
  eventLimit?: number
}

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
 * Cost: about 3 ms of sandbox time a superstep. Fails with graph/recursion-limit, graph/invalid-update,
 * graph/payload, graph/node-failed, or the coded error of the activity.
 */
export function durableGraph<Builder extends GraphBuilder>(
  builder: Builder | (() => Builder),
  { name, nodes, recursionLimit = 100, eventLimit = 1_000 }: DurableGraphOptions<NodesOf<Builder>>,
): (input: InputOf<Builder>) => Promise<StateOf<Builder>> {
  const counts = new Map<string, number>()
  let calls = 0
  const nextStep = (node: string) => {
    const count = (counts.get(node) ?? 0) + 1
    counts.set(node, count)
    calls++
    return `${name}/${node}#${count}`
  }
  const { placed, broken } = reportGraph(name, () =>
    placeNodes(typeof builder === 'function' ? builder() : builder, nodes, nextStep),
  )
  const run = async (input: InputOf<Builder>) => {
    if (broken !== undefined) throw toFailure(broken)
    try {
      const state = await runGraph(placed, input, { recursionLimit, eventLimit, calls: () => calls })
      return state as StateOf<Builder>
    } catch (error) {
      throw graphFailure(error, name)
    }
  }
  // So that executeChild(run) and client.start(run) know the workflow's type: export it under this name.
  return Object.defineProperty(run, 'name', { value: name })
}
