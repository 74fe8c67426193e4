import { halfFloats } from '../load/halfFloat.ts'
import type { PackedMatrix } from './PackedMatrix.ts'

type Size = { rows: number; columns: number }

/**
 * Blocks of Q4_1, w = d q + m with q in 0..15, as d (q - 8) + (m + 8 d). Lossless: d (q - 8) is exact in float32, and
 * a matrix with a block where m + 8 d is not is refused with undefined (d and m of very different size).
 */
export function packQ41(bytes: Buffer, { rows, columns }: Size): PackedMatrix | undefined {
  const half = halfFloats()
  const blocks = (rows * columns) / 32
  const codes = new Uint8Array(16 * blocks)
  const scales = new Float32Array(blocks)
  const offsets = new Float32Array(blocks)
  for (let block = 0, p = 0; block < blocks; block++, p += 20) {
    const scale = half[bytes.readUInt16LE(p)]!
    const offset = half[bytes.readUInt16LE(p + 2)]! + 8 * scale
    scales[block] = scale
    offsets[block] = offset
    if (offsets[block] !== offset) return undefined
    // GGUF pairs number i with i + 16 in a byte, the kernel i with i + 1.
    for (let i = 0; i < 8; i++) {
      const [even, odd] = [bytes[p + 4 + 2 * i]!, bytes[p + 5 + 2 * i]!]
      codes[16 * block + i] = (even & 15) | ((odd & 15) << 4)
      codes[16 * block + 8 + i] = (even >> 4) | (odd & 0xf0)
    }
  }
  return { bits: 4, rows, columns, codes, scales, offsets }
}

/** Blocks of Q8_0, w = d q with q a signed byte, as d (code - 128). */
export function packQ80(bytes: Buffer, { rows, columns }: Size): PackedMatrix {
  const half = halfFloats()
  const blocks = (rows * columns) / 32
  const codes = new Uint8Array(32 * blocks)
  const scales = new Float32Array(blocks)
  for (let block = 0, p = 0; block < blocks; block++, p += 34) {
    scales[block] = half[bytes.readUInt16LE(p)]!
    for (let i = 0; i < 32; i++) codes[32 * block + i] = bytes[p + 2 + i]! ^ 128
  }
  return { bits: 8, rows, columns, codes, scales }
}
