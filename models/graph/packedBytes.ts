import type { Graph } from './Graph.ts'
import { prune } from './prune.ts'

/**
 * Bytes that a session keeps for its products with weights: the runtime packs the right-hand matrix of every product
 * anew, also where the weights file already lies in memory.
 */
export function packedBytes(graph: Graph): number {
  const { nodes, tensors } = prune(graph)
  const sizes = new Map(tensors.flatMap(({ name, external }) => (external ? [[name, external.length] as const] : [])))
  const products = nodes.filter(({ op }) => op === 'MatMul' || op === 'FusedMatMul')
  return products.reduce((sum, { inputs }) => sum + (sizes.get(inputs[1] ?? '') ?? 0), 0)
}
