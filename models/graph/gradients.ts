import { TributaryError } from '../../kernel/index.ts'
import type { Graph, Val } from './Graph.ts'
import { add } from './ops/add.ts'
import { shapeOf } from './ops/shapeOf.ts'

/**
 * Reverse-mode differentiation: appends to the graph the gradients of sum(y) for each leaf.
 *
 * Leaves may be any values, also what operators gave; nothing is propagated behind a leaf, nor to values that no leaf
 * reaches. When the rows of y depend on separate rows of a leaf, the gradients are per row.
 * Throws graph/no-vjp when an operator on the way has no rule, graph/unreachable when a leaf does not reach y.
 */
export function gradients(graph: Graph, y: Val, leaves: readonly Val[]): Val[] {
  const isLeaf = new Set(leaves.map((leaf) => leaf.name))
  const needed = new Set(isLeaf)
  const forward = [...graph.nodes]
  for (const node of forward) {
    if (node.differentiates.some((value) => needed.has(value.name))) for (const name of node.outputs) needed.add(name)
  }

  const seed = graph.op('Expand', [graph.float(1), shapeOf(graph, y)], { shape: y.shape })
  const found = new Map<string, Val>([[y.name, seed]])
  for (const node of forward.toReversed()) {
    const name = node.outputs[0] ?? ''
    const gradient = found.get(name)
    if (!gradient || isLeaf.has(name)) continue
    const needs = (i: number): boolean => needed.has(node.differentiates[i]?.name ?? '')
    if (!node.differentiates.some((_, i) => needs(i))) continue
    if (!node.vjp) throw noRule(node.op)
    for (const [i, part] of node.vjp(gradient, needs).entries()) {
      const value = node.differentiates[i]
      if (!part || !value || !needs(i)) continue
      const sum = found.get(value.name)
      found.set(value.name, sum ? add(graph, sum, part) : part)
    }
  }
  return leaves.map((leaf) => found.get(leaf.name) ?? unreachable(leaf))
}

function noRule(op: string): TributaryError {
  return new TributaryError(`The operator ${op} has no derivative here.`, {
    code: 'graph/no-vjp',
    facts: { op },
    tryThis: 'write a vjp beside the operator in models/graph/ops',
  })
}

function unreachable(leaf: Val): never {
  throw new TributaryError(`${leaf.name} does not reach the value that is differentiated.`, {
    code: 'graph/unreachable',
    facts: { leaf: leaf.name },
  })
}
