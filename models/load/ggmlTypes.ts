import { halfFloats } from './halfFloat.ts'

/** A storage format of GGML: `blockSize` numbers in `blockBytes` bytes, and how they become float32. */
export type GgmlType = {
  readonly name: string
  readonly blockSize: number
  readonly blockBytes: number
  /** Decodes all blocks in `bytes` into `out`, rounding like ggml's own float32 code. */
  readonly decode: (bytes: Buffer, out: Float32Array) => void
}

/** By the type number in the file. Source: ggml-quants.c, dequantize_row_*. */
export const ggmlTypes: Readonly<Record<number, GgmlType>> = {
  0: { name: 'F32', blockSize: 1, blockBytes: 4, decode: decodeF32 },
  1: { name: 'F16', blockSize: 1, blockBytes: 2, decode: decodeF16 },
  2: { name: 'Q4_0', blockSize: 32, blockBytes: 18, decode: decodeQ40 },
  3: { name: 'Q4_1', blockSize: 32, blockBytes: 20, decode: decodeQ41 },
  8: { name: 'Q8_0', blockSize: 32, blockBytes: 34, decode: decodeQ80 },
  30: { name: 'BF16', blockSize: 1, blockBytes: 2, decode: decodeBF16 },
}

function decodeF32(bytes: Buffer, out: Float32Array): void {
  new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(bytes)
}

function decodeF16(bytes: Buffer, out: Float32Array): void {
  const half = halfFloats()
  for (let i = 0; i < out.length; i++) out[i] = half[bytes.readUInt16LE(2 * i)]!
}

// The upper half of a float32.
function decodeBF16(bytes: Buffer, out: Float32Array): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length)
  for (let i = 0; i < bits.length; i++) bits[i] = bytes.readUInt16LE(2 * i) << 16
}

// w = d (q - 8), two 4-bit numbers a byte: low halves first.
function decodeQ40(bytes: Buffer, out: Float32Array): void {
  const half = halfFloats()
  for (let k = 0, p = 0; k < out.length; k += 32, p += 18) {
    const scale = half[bytes.readUInt16LE(p)]!
    for (let i = 0; i < 16; i++) {
      const pair = bytes[p + 2 + i]!
      out[k + i] = scale * ((pair & 15) - 8)
      out[k + i + 16] = scale * ((pair >> 4) - 8)
    }
  }
}

// w = d q + m, each operation rounded to float32.
function decodeQ41(bytes: Buffer, out: Float32Array): void {
  const half = halfFloats()
  for (let k = 0, p = 0; k < out.length; k += 32, p += 20) {
    const scale = half[bytes.readUInt16LE(p)]!
    const least = half[bytes.readUInt16LE(p + 2)]!
    for (let i = 0; i < 16; i++) {
      const pair = bytes[p + 4 + i]!
      out[k + i] = Math.fround(scale * (pair & 15)) + least
      out[k + i + 16] = Math.fround(scale * (pair >> 4)) + least
    }
  }
}

// w = d q, q a signed byte.
function decodeQ80(bytes: Buffer, out: Float32Array): void {
  const half = halfFloats()
  for (let k = 0, p = 0; k < out.length; k += 32, p += 34) {
    const scale = half[bytes.readUInt16LE(p)]!
    for (let i = 0; i < 32; i++) out[k + i] = scale * bytes.readInt8(p + 2 + i)
  }
}
