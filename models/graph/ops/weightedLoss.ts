import type { Graph, Val } from '../Graph.ts'
import { multiply } from './multiply.ts'
import { squeeze } from './squeeze.ts'
import { sumAxis } from './sumAxis.ts'

/**
 * Σ_m weight[b, m] · nll[b, m, 0], [b].
 * Summed over the last axis: the bits are then the same for any number of threads.
 */
export function weightedLoss(graph: Graph, nll: Val, weight: Val): Val {
  return squeeze(graph, sumAxis(graph, multiply(graph, squeeze(graph, nll, [2]), weight), -1), [1])
}
