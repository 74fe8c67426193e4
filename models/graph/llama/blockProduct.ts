import type { Graph, Val } from '../Graph.ts'
import { add } from '../ops/add.ts'
import { matmul } from '../ops/matmul.ts'
import { multiply } from '../ops/multiply.ts'
import { dimAt, shapeError } from '../shapes.ts'
import { blockSize, type BlockMatrix, type BlockWeights } from './BlockWeights.ts'
import type { Product } from './Llama.ts'
import { splitInput } from './splitInput.ts'
import type { WeightEntry } from './WeightIndex.ts'

/** How the kernel takes what it multiplies with. */
export type BlockInputs = 'int8' | 'float32'

const accuracyLevel: Readonly<Record<BlockInputs, number>> = { int8: 4, float32: 1 }

/** What the kernel gets, its products to be added up, and what is multiplied in float32 with offsets and large columns. */
type Prepared = { parts: readonly Val[]; sums: Val }

/**
 * x · Wᵀ for matrices in blocks of integers.
 *
 *   Σ_k x_k (scale (code - zero) + offset) = MatMulNBits(x, codes, scales) + blocksum(x) · offsetsᵀ
 *
 * Exact in the weights. With inputs of int8 the kernel rounds x to 8 bits, each block by its own largest number (accuracy
 * level 4), which is where its speed comes from and all that is lost. Two things keep it small. A few inputs that are
 * always large would make the steps of their blocks coarse: they are taken out and multiplied with their columns in
 * float32, in the same product as the block sums. And where size moves from input to input (the MLP's way down), x goes
 * through the kernel as two numbers of 8 bits. With inputs of float32 (level 1) the product is that of the dequantised
 * matrix. Inputs that several matrices share are prepared once. No derivative. Throws graph/shape.
 */
export function blockProduct(
  graph: Graph,
  { location, matrices, inputs }: BlockWeights,
  mode: BlockInputs = 'int8',
): Product {
  const known = new Map<string, Prepared>()
  const weight = (name: string, { offset, length }: WeightEntry, dims: readonly number[], dtype?: 'u8'): Val =>
    graph.weight(name, dims, { location, offset, length }, dtype)

  const prepare = (x: Val, { columns, rest }: BlockMatrix): Prepared => {
    const key = `${x.name} ${rest?.input ?? 'split'}`
    const before = known.get(key)
    if (before) return before
    const fresh = (): Prepared => {
      if (!rest) return splitInput(graph, x, columns / blockSize)
      const { mask, sums } = inputs[rest.input]!
      return {
        parts: [multiply(graph, x, weight(`${rest.input}.mask`, mask, [columns]))],
        sums: matmul(graph, x, weight(`${rest.input}.sums`, sums, sums.shape)),
      }
    }
    const prepared = fresh()
    known.set(key, prepared)
    return prepared
  }

  return (x, name) => {
    const matrix = matrices[name]
    if (!matrix) return undefined
    const { bits, rows, columns, codes, scales, offsets, rest } = matrix
    if (dimAt(x.shape, -1) !== columns) throw shapeError('The matrix does not fit.', { x: x.shape, rows, columns })
    const blocks = columns / blockSize
    const { parts, sums } = prepare(x, matrix)
    const operands = [
      weight(`${name}.codes`, codes, [rows, blocks, (blockSize * bits) / 8], 'u8'),
      weight(`${name}.scales`, scales, [rows * blocks]),
    ]
    const products = parts.map((part) =>
      graph.op('MatMulNBits', [part, ...operands], {
        domain: 'com.microsoft',
        attributes: { K: columns, N: rows, bits, block_size: blockSize, accuracy_level: accuracyLevel[mode] },
        shape: [...x.shape.slice(0, -1), rows],
      }),
    )
    const factors = rest?.factors ?? offsets
    const shift = factors && matmul(graph, sums, weight(`${name}.rest`, factors, factors.shape), { transposeB: true })
    return [...products, ...(shift ? [shift] : [])].reduce((sum, part) => add(graph, sum, part))
  }
}
