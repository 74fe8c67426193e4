import type { WeightEntry } from './WeightIndex.ts'

/**
 * A matrix [rows, columns] in blocks of 32 integers along its rows, each block with a scale and perhaps an offset:
 *
 *   w = scale · (code - 2^(bits - 1)) + offset
 */
export type BlockMatrix = {
  readonly bits: 4 | 8
  readonly rows: number
  readonly columns: number
  /** u8 [rows, blocks, 4 · bits]; of two codes in a byte the first is in the lower half. */
  readonly codes: WeightEntry
  /** f32 [rows, blocks]. */
  readonly scales: WeightEntry
  /** f32 [rows, blocks]; absent where all are 0. */
  readonly offsets?: WeightEntry
}

/** Matrices in blocks by the names of the tensors that they stand for; `location` is a file beside the weights. */
export type BlockWeights = { readonly location: string; readonly matrices: Readonly<Record<string, BlockMatrix>> }

/** Numbers in a block. */
export const blockSize = 32
