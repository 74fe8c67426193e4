import { linearScores } from './linearScores.ts'

// Node has it; of TypeScript's libraries only those of browsers describe it.
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => { buffer: ArrayBuffer }
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: Record<string, Record<string, unknown>>) => { exports: unknown }
}

export type ResidentRows = { readonly rows: Float32Array; scores(gradient: Float32Array): Float64Array }

const lanes = 8
const page = 65_536

/**
 * Influence vectors that many answers are scored with, kept where vector instructions reach them.
 *
 * `rows` is row-major [count, P], to be filled once; `scores(gradient)` is linearScores(gradient, rows) to the bit: products
 * and sums in fp64, in the same eight lanes, which are four vectors of two here. Cost: one pass over rows at about the speed
 * of memory, several times as fast as plain loops; 4·count·P + 8·P bytes.
 * `scores` throws as linearScores does.
 */
export function residentRows(count: number, parameters: number): ResidentRows {
  const whole = parameters - (parameters % lanes)
  const gradientAt = 2 * 8 * lanes
  const rowsAt = gradientAt + 8 * whole
  const bytes = rowsAt + 4 * count * parameters
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / page) })
  const sums = new Float64Array(memory.buffer, 0, 2 * lanes)
  const wide = new Float64Array(memory.buffer, gradientAt, whole)
  const rows = new Float32Array(memory.buffer, rowsAt, count * parameters)
  const { dot } = new WebAssembly.Instance(new WebAssembly.Module(kernel), { of: { memory } }).exports as {
    dot: (from: number, to: number, first: number, second: number, out: number) => void
  }
  const placeOf = (row: number): number => rowsAt + 4 * row * parameters
  return {
    rows,
    scores: (gradient) => {
      if (gradient.length !== parameters || whole === 0) return linearScores(gradient, rows)
      wide.set(gradient.subarray(0, whole))
      const scores = new Float64Array(count)
      for (let i = 0; i < count; i++) {
        // Two rows at a time; the last of an odd number is its own companion.
        if (i % 2 === 0) dot(gradientAt, rowsAt, placeOf(i), placeOf(Math.min(i + 1, count - 1)), 0)
        const at = lanes * (i % 2)
        const pair = (l: number): number => sums[at + l]! + sums[at + l + 1]!
        let tail = 0
        for (let j = whole; j < parameters; j++) tail += gradient[j]! * rows[i * parameters + j]!
        scores[i] = pair(0) + pair(2) + (pair(4) + pair(6)) + tail
      }
      // It finds what is not finite, and says where.
      return scores.every(Number.isFinite) ? scores : linearScores(gradient, rows)
    },
  }
}

const [i32, v128] = [0x7f, 0x7b]
const [from, to, first, second, out, sums, wide] = [0, 1, 2, 3, 4, 5, 13]
const get = (local: number): number[] => [0x20, local]
const set = (local: number): number[] => [0x21, local]
const simd = (...code: number[]): number[] => [0xfd, ...code]
const section = (id: number, ...body: number[]): number[] => [id, ...sized(body)]
const text = (name: string): number[] => sized([...Buffer.from(name)])
/** A list with its length before it, in seven bits a byte. */
function sized(body: number[]): number[] {
  const { length } = body
  return length < 128 ? [length, ...body] : [(length & 127) | 128, length >> 7, ...body]
}

/**
 *   dot(from, to, first, second, out): for l of 8 at a time, until `from` is `to`,
 *     s[l] += from[l] · first[l],   t[l] += from[l] · second[l]
 *
 * `from` fp64; two rows of fp32, each number promoted to fp64 as it is loaded; s and t are written to `out`. A product of two
 * fp32 is exact in fp64, so whether the machine adds it in one operation or in two (relaxed_madd) changes no bit.
 */
const accumulate = (row: number, l: number, sum: number): number[] => [
  ...get(row),
  ...simd(0x5d, 3, 8 * l), // v128.load64_zero
  ...simd(0x5f), // f64x2.promote_low_f32x4
  ...get(wide),
  ...get(sum),
  ...simd(0x87, 2), // f64x2.relaxed_madd
  ...set(sum),
]
const step = [0, 1, 2, 3].flatMap((l) => [
  ...get(from),
  ...simd(0x00, 4, 16 * l), // v128.load
  ...set(wide),
  ...accumulate(first, l, sums + l),
  ...accumulate(second, l, sums + 4 + l),
])
const onward = (local: number, bytes: number[]): number[] => [...get(local), 0x41, ...bytes, 0x6a, ...set(local)]
const advance = [
  ...onward(first, [32]),
  ...onward(second, [32]),
  ...onward(from, [0xc0, 0]), // 64 bytes
  ...get(from),
  ...get(to),
  0x49, // i32.lt_u
  0x0d, // br_if: the loop again
  0,
]
const store = Array.from({ length: 8 }, (_, l) => [
  ...get(out),
  ...get(sums + l),
  ...simd(0x0b, 4, 16 * l), // v128.store
]).flat()
const code = [1, 9, v128, 0x03, 0x40, ...step, ...advance, 0x0b, ...store, 0x0b]
const kernel = Uint8Array.from([
  0x00,
  ...Buffer.from('asm'),
  1,
  0,
  0,
  0,
  ...section(1, 1, 0x60, 5, i32, i32, i32, i32, i32, 0),
  ...section(2, 1, ...text('of'), ...text('memory'), 2, 0, 0),
  ...section(3, 1, 0),
  ...section(7, 1, ...text('dot'), 0, 0),
  ...section(10, 1, ...sized(code)),
])
