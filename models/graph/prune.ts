import type { GraphNode } from './Graph.ts'
import type { TensorDef, ValueDef } from './onnx.ts'

/**
 * The nodes and tensors that the outputs need, in their order. Trailing outputs of a node that nobody reads are left
 * out too: a kernel computes its optional outputs only when they are named.
 */
export function prune(graph: {
  nodes: readonly GraphNode[]
  tensors: ReadonlyMap<string, TensorDef>
  outputs: readonly ValueDef[]
}): { nodes: GraphNode[]; tensors: TensorDef[] } {
  const live = new Set(graph.outputs.map((output) => output.name))
  const nodes: GraphNode[] = []
  for (const node of graph.nodes.toReversed()) {
    const used = node.outputs.findLastIndex((name) => live.has(name)) + 1
    if (used === 0) continue
    nodes.push(used === node.outputs.length ? node : { ...node, outputs: node.outputs.slice(0, used) })
    for (const name of node.inputs) live.add(name)
  }
  return { nodes: nodes.toReversed(), tensors: [...graph.tensors.values()].filter((tensor) => live.has(tensor.name)) }
}
