import './sandbox/polyfills.ts'
import { Annotation, StateGraph } from '@langchain/langgraph/web'
import { TributaryError } from '../../kernel/index.ts'
import { activityNode } from './activityNode.ts'
import type { Placement } from './placement.ts'

/** What durableGraph needs of a LangGraph StateGraph. */
export type GraphBuilder = { nodes: Record<string, { runnable: unknown }>; compile: (options?: object) => unknown }

/**
 * A copy of the builder whose nodes run where their placement says; the builder itself stays as it is.
 * Throws graph/unplaced-node, graph/unknown-node, graph/bad-placement.
 */
export function placeNodes<Builder extends GraphBuilder>(
  builder: Builder,
  placements: Record<string, Placement>,
  nextStep: (node: string) => string,
): Builder {
  for (const name of Object.keys(placements)) {
    if (!(name in builder.nodes)) refuse(name, 'graph/unknown-node', 'is placed, but the graph has no such node.')
  }
  const nodes = Object.entries(builder.nodes).map(([name, spec]) => {
    const placement = placements[name]
    if (placement === undefined)
      refuse(name, 'graph/unplaced-node', "has no placement: say as: 'activity' or 'workflow'.")
    return [name, { ...spec, runnable: runnableOf(name, spec.runnable, placement, nextStep) }]
  })
  const copy = Object.create(Object.getPrototypeOf(builder) as object) as Builder
  return Object.assign(copy, builder, { nodes: Object.fromEntries(nodes) as Builder['nodes'] })
}

function runnableOf(
  name: string,
  runnable: unknown,
  placement: Placement,
  nextStep: (node: string) => string,
): unknown {
  const inner = subgraphOf(runnable)
  switch (placement.as) {
    case 'workflow':
      if (inner !== undefined) refuse(name, 'graph/bad-placement', "is a subgraph: say { as: 'graph', nodes }.")
      return runnable
    case 'graph':
      if (inner === undefined) refuse(name, 'graph/bad-placement', "is placed as 'graph', but is no compiled subgraph.")
      return placeNodes(inner, placement.nodes, (node) => nextStep(`${name}/${node}`)).compile()
    case 'activity':
      if (!placement.activity) refuse(name, 'graph/bad-placement', 'is placed as an activity without the name of one.')
      if (!placement.timeout) refuse(name, 'graph/bad-placement', 'is placed as an activity without a timeout.')
      return langGraphRunnable(
        name,
        activityNode(placement, () => nextStep(name)),
      )
    default:
      return refuse(name, 'graph/bad-placement', "is placed neither as 'activity' nor 'workflow' nor 'graph'.")
  }
}

// LangGraph does not export its own wrapper of a node's function, so a graph of one node makes it.
function langGraphRunnable(name: string, run: (state: never) => Promise<unknown>): unknown {
  const { nodes }: GraphBuilder = new StateGraph(Annotation.Root({})).addNode(name, run)
  return nodes[name]?.runnable
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
