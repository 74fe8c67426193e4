import type { Graph, Val } from '../Graph.ts'
import { add } from '../ops/add.ts'
import { matmul } from '../ops/matmul.ts'
import { reshape } from '../ops/reshape.ts'
import { sumLast } from '../ops/sumLast.ts'
import { dimAt, shapeError } from '../shapes.ts'
import { blockSize, type BlockWeights } from './BlockWeights.ts'
import type { Product } from './Llama.ts'
import { splitInput, type SplitInput } from './splitInput.ts'
import type { WeightEntry } from './WeightIndex.ts'

/** How the kernel takes what it multiplies with. */
export type BlockInputs = 'int8' | 'int16' | 'float32'

const accuracyLevel: Readonly<Record<BlockInputs, number>> = { int8: 4, int16: 4, float32: 1 }

/**
 * x · Wᵀ for matrices in blocks of integers.
 *
 *   Σ_k x_k (scale (code - zero) + offset) = MatMulNBits(x, codes, scales) + blocksum(x) · offsetsᵀ
 *
 * Exact in the weights. With inputs of int8 the kernel rounds x to 8 bits, each block by its own largest number
 * (accuracy level 4), which is where its speed comes from; with int16 it gets x as two such numbers (splitInput); with
 * float32 (level 1) the product is that of the dequantised matrix, slowly. Inputs that several matrices share are
 * prepared once. No derivative. Throws graph/shape.
 */
export function blockProduct(
  graph: Graph,
  { location, matrices }: BlockWeights,
  inputs: BlockInputs = 'int8',
): Product {
  const sums = new Map<string, Val>()
  const sumOf = (x: Val, blocks: number): Val => {
    const known = sums.get(x.name)
    if (known) return known
    const lead = x.shape.slice(0, -1)
    const apart = reshape(graph, x, [...lead, blocks, blockSize])
    const sum = reshape(graph, sumLast(graph, apart), [...lead, blocks])
    sums.set(x.name, sum)
    return sum
  }
  const splits = new Map<string, SplitInput>()
  const splitOf = (x: Val, blocks: number): SplitInput => {
    const split = splits.get(x.name) ?? splitInput(graph, x, blocks)
    splits.set(x.name, split)
    return split
  }
  return (x, name) => {
    const matrix = matrices[name]
    if (!matrix) return undefined
    const { bits, rows, columns, codes, scales, offsets } = matrix
    if (dimAt(x.shape, -1) !== columns) throw shapeError('The matrix does not fit.', { x: x.shape, rows, columns })
    const blocks = columns / blockSize
    const weight = (part: string, { offset, length }: WeightEntry, dims: number[], dtype: 'f32' | 'u8' = 'f32'): Val =>
      graph.weight(`${name}.${part}`, dims, { location, offset, length }, dtype)
    const kernel = (operand: Val): Val => {
      const operands = [
        operand,
        weight('codes', codes, [rows, blocks, (blockSize * bits) / 8], 'u8'),
        weight('scales', scales, [rows * blocks]),
      ]
      return graph.op('MatMulNBits', operands, {
        domain: 'com.microsoft',
        attributes: { K: columns, N: rows, bits, block_size: blockSize, accuracy_level: accuracyLevel[inputs] },
        shape: [...operand.shape.slice(0, -1), rows],
      })
    }
    const split = inputs === 'int16' ? splitOf(x, blocks) : undefined
    const product = split ? split.join(kernel(split.doubled)) : kernel(x)
    if (!offsets) return product
    const shift = matmul(graph, sumOf(x, blocks), weight('offsets', offsets, [rows, blocks]), { transposeB: true })
    return add(graph, product, shift)
  }
}
