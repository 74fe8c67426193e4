import type { Graph, Val } from '../Graph.ts'
import { matmul } from './matmul.ts'
import { squeeze, unsqueeze } from './unsqueeze.ts'

/** Σ_m weight[b, m] · nll[b, m, 1], [b]: a product, for the reason given in sumLast. */
export function weightedLoss(graph: Graph, nll: Val, weight: Val): Val {
  return squeeze(graph, matmul(graph, unsqueeze(graph, weight, [1]), nll), [1, 2])
}
