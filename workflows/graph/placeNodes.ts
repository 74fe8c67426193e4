import './sandbox/polyfills.ts'
import { Annotation, StateGraph } from '@langchain/langgraph/web'
import { TributaryError } from '../../kernel/index.ts'
import { activityNode } from './activityNode.ts'
import { stateChecks, type StateChecks } from './stateChecks.ts'
import type { NodeCalls } from './nodeCalls.ts'
import type { ActivityPlacement, GraphPlacement, Placement } from './placement.ts'

/** What durableGraph needs of a LangGraph StateGraph. */
export type GraphBuilder = {
  nodes: Record<string, { runnable: unknown; retryPolicy?: unknown }>
  channels?: Record<string, unknown>
  compile: (options?: object) => unknown
}

/** Told of each tool that a node calls, where the workers of this graph must have it. */
export type ToolUse = (tool: string) => void

/**
 * A copy of the builder whose nodes run where their placement says, and whose outputs are checked against the schema of
 * the state; the builder itself stays as it is.
 * Throws graph/unplaced-node, graph/unknown-node, graph/bad-placement.
 */
export function placeNodes<Builder extends GraphBuilder>(
  builder: Builder,
  placements: Record<string, Placement>,
  calls: NodeCalls,
  use: ToolUse = () => undefined,
  path: string[] = [],
): Builder {
  for (const name of Object.keys(placements)) {
    if (!(name in builder.nodes)) refuse(name, 'graph/unknown-node', 'is placed, but the graph has no such node.')
  }
  const checks = stateChecks(builder)
  const nodes = Object.entries(builder.nodes).map(([name, spec]) => {
    const placement = placements[name]
    if (placement === undefined)
      refuse(name, 'graph/unplaced-node', "has no placement: say as: 'activity' or 'workflow'.")
    const inner = subgraphOf(spec.runnable)
    if (placement.as === 'graph') {
      if (inner === undefined) refuse(name, 'graph/bad-placement', "is placed as 'graph', but is no compiled subgraph.")
      const placed = placeNodes(inner, placement.nodes, calls, use, [...path, name])
      return [name, { ...spec, runnable: compiledAs(name, spec.runnable, placed) }]
    }
    if (inner !== undefined && isPlace(placement))
      refuse(name, 'graph/bad-placement', "is a subgraph: say { as: 'graph', nodes }.")
    return [name, { ...spec, runnable: runnableOf(name, spec, placement, { calls, use, path, checks }) }]
  })
  const copy = Object.create(Object.getPrototypeOf(builder) as object) as Builder
  return Object.assign(copy, builder, { nodes: Object.fromEntries(nodes) as Builder['nodes'] })
}

type Around = { calls: NodeCalls; use: ToolUse; path: string[]; checks: StateChecks | undefined }
type Spec = GraphBuilder['nodes'][string]
type Runnable = { invoke: (state: unknown, config: unknown) => Promise<unknown> }

function runnableOf(name: string, spec: Spec, placement: Exclude<Placement, GraphPlacement>, around: Around): unknown {
  const { calls, use, path, checks } = around
  if (placement.as === 'workflow') {
    if (checks === undefined) return spec.runnable
    const { runnable } = spec as { runnable: Runnable }
    return langGraphRunnable(name, async (state, config) => {
      const output = await runnable.invoke(state, config)
      await checks.output(name, output)
      return output
    })
  }
  checkActivity(name, spec, placement)
  if (placement.taskQueue === undefined) use(placement.activity)
  const run = activityNode(name, path, placement, calls)
  if (checks === undefined) return langGraphRunnable(name, run)
  return langGraphRunnable(name, async (state, config) => {
    const output = await run(state, config)
    await checks.output(name, output)
    return output
  })
}

function checkActivity(name: string, spec: Spec, placement: ActivityPlacement): void {
  const { as, activity, timeout, local, heartbeat } = placement
  const bad = (what: string) => refuse(name, 'graph/bad-placement', what)
  // What arrives here was written by hand, perhaps without a type checker.
  if (as !== 'activity') bad("is placed neither as 'activity' nor 'workflow' nor 'graph'.")
  if (!activity) bad('is placed as an activity without the name of one.')
  if (!timeout) bad('is placed as an activity without a timeout.')
  if (local === true && heartbeat !== undefined) bad('is local, and a local activity has no heartbeat.')
  if (spec.retryPolicy !== undefined)
    bad("has a retryPolicy of LangGraph's: say `retry` in its placement, so that one place decides.")
}

const isPlace = ({ as }: Placement) => ['activity', 'workflow', 'graph'].includes(as)

type NodeFunction = (state: never, config: object) => Promise<unknown>

// LangGraph does not export its own wrapper of a node's function, so a graph of one node makes it.
function langGraphRunnable(name: string, run: NodeFunction): unknown {
  const { nodes }: GraphBuilder = new StateGraph(Annotation.Root({})).addNode(name, run)
  return nodes[name]?.runnable
}

type Compiled = {
  checkpointer?: unknown
  interruptBefore?: unknown[] | string
  interruptAfter?: unknown[] | string
  store?: unknown
  cache?: unknown
  config?: object
  withConfig: (config: object) => unknown
}

/** The placed builder of a subgraph, compiled as the subgraph was: with what LangGraph has of options and this can keep. */
function compiledAs(name: string, subgraph: unknown, placed: GraphBuilder): unknown {
  const { checkpointer, interruptBefore, interruptAfter, store, cache, config } = subgraph as Compiled
  const bad = (what: string) => refuse(name, 'graph/bad-placement', what)
  if (interruptBefore?.length || interruptAfter?.length)
    bad('is compiled with interruptBefore or interruptAfter: call interrupt() in a node, so that there is a question.')
  if (store || cache) bad('is compiled with a store or a cache, which would be lost with its workflow run.')
  if (typeof checkpointer === 'object')
    bad("is compiled with a checkpointer of its own: Temporal's history is the only durable store.")
  const compiled = placed.compile(checkpointer === undefined ? {} : { checkpointer }) as Compiled
  return config === undefined ? compiled : compiled.withConfig(config)
}

function subgraphOf(runnable: unknown): GraphBuilder | undefined {
  return (runnable as { builder?: GraphBuilder }).builder
}

function refuse(node: string, code: `graph/${string}`, what: string): never {
  throw new TributaryError(`The node ${node} ${what}`, {
    code,
    facts: { node },
    tryThis: 'list every node of the graph once in `nodes` of durableGraph, with where it runs',
  })
}
