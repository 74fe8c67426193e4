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
  /** f32 [rows, blocks]; absent where all are 0, or where `rest` holds them. */
  readonly offsets?: WeightEntry
  /** What is computed in float32 beside the kernel; absent: its input is given to the kernel as two numbers of 8 bits. */
  readonly rest?: BlockRest
}

/**
 * Offsets and the columns of large inputs: f32 [rows, m], multiplied with x · `sums`. `input` names what the matrix is
 * multiplied with, which matrices share.
 */
export type BlockRest = { readonly factors: WeightEntry; readonly input: string }

/** `mask` f32 [columns], 0 at large inputs, else 1; `sums` f32 [columns, m], the sum of each block, then the large inputs. */
export type BlockInput = { readonly mask: WeightEntry; readonly sums: WeightEntry }

/** Matrices in blocks by the names of the tensors that they stand for; `location` is a file beside the weights. */
export type BlockWeights = {
  readonly location: string
  readonly matrices: Readonly<Record<string, BlockMatrix>>
  readonly inputs: Readonly<Record<string, BlockInput>>
}

/** Numbers in a block. */
export const blockSize = 32
