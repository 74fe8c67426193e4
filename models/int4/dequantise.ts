import type { PackedMatrix } from './PackedMatrix.ts'

/**
 * The float32 numbers [rows, columns] that a packed matrix stands for: the slow, plain reference for packing and kernel.
 * Computed in 64 bits, where product and sum are exact, and rounded once.
 */
export function dequantise({ bits, rows, columns, codes, scales, offsets }: PackedMatrix): Float32Array {
  const out = new Float32Array(rows * columns)
  for (let i = 0; i < out.length; i++) {
    const block = Math.floor(i / 32)
    const code = bits === 8 ? codes[i]! : (codes[i >> 1]! >> (4 * (i % 2))) & 15
    out[i] = scales[block]! * (code - 2 ** (bits - 1)) + (offsets?.[block] ?? 0)
  }
  return out
}
