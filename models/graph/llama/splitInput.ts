import type { Graph, Val } from '../Graph.ts'
import { add } from '../ops/add.ts'
import { multiply } from '../ops/multiply.ts'
import { reshape } from '../ops/reshape.ts'
import { subtract } from '../ops/subtract.ts'
import { sumLast } from '../ops/sumLast.ts'
import { blockSize } from './BlockWeights.ts'

export type SplitInput = {
  /** Each of 8 bits a number, by its own block's scale: their sum is x to about 16 bits. */
  parts: [coarse: Val, fine: Val]
  /** Sum of each block, [..., blocks]. */
  sums: Val
}

/**
 * x [..., blocks · 32] as the sum of two inputs which a kernel that takes 8 bits a number takes as they are.
 *
 *   coarse = round(x / s) s with s = max |x| / 127 of the block: the kernel finds the same scale and the same integers
 *   fine = x - coarse, rounded by the kernel with a scale that is 1 / 254 of s at most
 */
export function splitInput(graph: Graph, x: Val, blocks: number): SplitInput {
  const lead = x.shape.slice(0, -1)
  const apart = reshape(graph, x, [...lead, blocks, blockSize])
  const one = [...lead, blocks, 1]
  const sizes = graph.op('Abs', [apart], { shape: apart.shape })
  const largest = graph.op('ReduceMax', [sizes, graph.ints([-1])], { attributes: { keepdims: 1 }, shape: one })
  // A block of zeros would divide by zero.
  const scale = add(graph, multiply(graph, largest, graph.float(1 / 127)), graph.float(1e-30))
  const steps = graph.op('Round', [graph.op('Div', [apart, scale], { shape: apart.shape })], { shape: apart.shape })
  const coarse = multiply(graph, steps, scale)
  const whole = (part: Val): Val => reshape(graph, part, x.shape)
  return {
    parts: [whole(coarse), whole(subtract(graph, apart, coarse))],
    sums: reshape(graph, sumLast(graph, apart), [...lead, blocks]),
  }
}
