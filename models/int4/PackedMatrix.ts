/**
 * A matrix [rows, columns] in blocks of 32 integers along its rows, in memory:
 *
 *   w = scale · (code - 2^(bits - 1)) + offset
 *
 * `codes` [rows, blocks, 4 · bits], `scales` and `offsets` [rows, blocks]; of two codes in a byte the first is in the
 * lower half.
 */
export type PackedMatrix = {
  readonly bits: 4 | 8
  readonly rows: number
  readonly columns: number
  readonly codes: Uint8Array
  readonly scales: Float32Array
  readonly offsets?: Float32Array
}
