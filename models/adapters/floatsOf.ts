import type { WeightEntry } from '../graph/index.ts'
import { halfFloats } from '../load/halfFloat.ts'

/** The numbers of a tensor in F32, F16 or BF16, exactly, out of the bytes of its file. */
export function floatsOf(file: Uint8Array, { dtype, offset, length }: WeightEntry): Float32Array {
  // A copy, since the bytes may lie at any address.
  const bytes = new Uint8Array(length)
  bytes.set(file.subarray(offset, offset + length))
  if (dtype === 'F32') return new Float32Array(bytes.buffer)
  const halves = new Uint16Array(bytes.buffer)
  if (dtype === 'F16') {
    const table = halfFloats()
    return Float32Array.from(halves, (half) => table[half]!)
  }
  // bfloat16 is the upper half of a float32.
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer)
}
