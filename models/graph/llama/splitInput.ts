import type { Graph, Val } from '../Graph.ts'
import { add } from '../ops/add.ts'
import { multiply } from '../ops/multiply.ts'
import { reshape } from '../ops/reshape.ts'
import { subtract } from '../ops/subtract.ts'
import type { Shape } from '../shapes.ts'
import { blockSize } from './BlockWeights.ts'

/** A batch of twice the rows, and how the products of its halves come together again. */
export type SplitInput = { doubled: Val; join: (products: Val) => Val }

/**
 * x [b, ..., blocks · 32] as two inputs that a kernel which rounds to 8 bits takes nearly as they are: x to 16 bits.
 *
 *   coarse = round(x / s) s with s = max |x| / 127 of its block: the kernel finds the same scale and the same integers
 *   fine = x - coarse, which the kernel rounds by a scale of at most s / 254
 *
 * Both go through the kernel in one batch of 2 b rows, which reads the weights once: at b = 1 it costs a fifth more
 * than one row does, at b = 8 four fifths.
 */
export function splitInput(graph: Graph, x: Val, blocks: number): SplitInput {
  const lead = x.shape.slice(0, -1)
  const apart = reshape(graph, x, [...lead, blocks, blockSize])
  const sizes = graph.op('Abs', [apart], { shape: apart.shape })
  const largest = graph.op('ReduceMax', [sizes, graph.ints([-1])], {
    attributes: { keepdims: 1 },
    shape: [...lead, blocks, 1],
  })
  // A block of zeros would divide by zero.
  const scale = add(graph, multiply(graph, largest, graph.float(1 / 127)), graph.float(1e-30))
  const steps = graph.op('Round', [graph.op('Div', [apart, scale], { shape: apart.shape })], { shape: apart.shape })
  const coarse = multiply(graph, steps, scale)
  const rows = 'twice b'
  const both = graph.op('Concat', [coarse, subtract(graph, apart, coarse)], {
    attributes: { axis: 0 },
    shape: [rows, ...apart.shape.slice(1)],
  })
  const doubled = reshape(graph, both, [rows, ...x.shape.slice(1)])
  return {
    doubled,
    join: (products) => {
      const shape: Shape = [x.shape[0]!, ...products.shape.slice(1)]
      const [first, second] = graph.node('Split', [products], {
        attributes: { axis: 0, num_outputs: 2 },
        outputs: [{ shape }, { shape }],
      }) as [Val, Val]
      return add(graph, first, second)
    },
  }
}
