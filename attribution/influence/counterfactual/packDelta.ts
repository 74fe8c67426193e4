import { TributaryError } from '../../../kernel/index.ts'
import { BitEncoder } from './BitCoder.ts'
import { codeIntegers } from './codeIntegers.ts'

export const packedMagic = 0x3144_5054 // 'TPD1', little-endian
export const packedHeaderBytes = 12
/** Numbers that share a step. */
export const packedBlock = 64
/** Octaves of importance that make a difference: what is flatter than the steepest by more counts as that flat. */
const spread = 24
/** 2^(1/32) */
const finer = 1.0218971486541166
/** The finest base step is rms / finer^finest, a 128th. */
const finest = 224

export type PackOptions = {
  /**
   * [P], how steep losses are along each number: the root mean square of some gradients, see parameterImportance. All the
   * same unless given.
   */
  importance?: Float32Array
  /** From 2.2 on; what stands before the codes, a header and a byte or less for each block, comes on top. */
  bitsPerNumber?: number
}

/**
 * What leaving out a payee did to the parameters, in a tenth of the bytes: whole multiples of a step, coded by how often
 * they are.
 *
 *   step[b] = base · 2^(-n[b]/2),  n[b] = floor(log2 mean importance of block b), from 24 below the largest up, 0 and more
 *   unpackDelta(packDelta(delta))[p] = fround(step[b] · round(delta[p] / step[b])),  b = floor(p / 64)
 *
 * The error of a score is the sum of gradient · error: were the gradients of answers known, steps should fall as their
 * size. Those of training tell it roughly, so that steps fall as its root, which did best. The base is the finest of
 * rms · 2^(-j/32) whose codes fit `bitsPerNumber`, rms that of delta / step at base 1; at j = 0 they always fit 2.1.
 * Format: 'TPD1', P as uint32, base as float32 (little-endian), coded differences of n, codes. Integers and IEEE arithmetic
 * alone: the same bytes on every machine. Cost: eight passes of P numbers, 2 s a million.
 * Throws attribution/not-finite; attribution/shape for an empty delta, or importance of another length.
 */
export function packDelta(delta: Float32Array, { importance, bitsPerNumber = 3.15 }: PackOptions = {}): Uint8Array {
  const halvings = halvingsOf(delta, importance)
  const scaled = Float64Array.from(delta, (x, p) => x / packedStep(1, halvings[Math.floor(p / packedBlock)]!))
  const most = Math.ceil((delta.length * bitsPerNumber) / 8) + 5
  const rms = rootMeanSquare(scaled, delta)
  // Larger than the rest by a million times, a number would need more bits than an integer has.
  const smallest = scaled.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0) / 2 ** 28
  const baseAt = (j: number): number => {
    let base = rms
    for (let i = 0; i < j; i++) base /= finer
    return Math.fround(Math.max(base, smallest))
  }
  let best = codesOf(scaled, baseAt(0))
  let [fits, tooFine] = [0, finest]
  while (tooFine - fits > 1) {
    const j = (fits + tooFine) >> 1
    const tried = codesOf(scaled, baseAt(j))
    if (tried.coded.length > most) tooFine = j
    else [fits, best] = [j, tried]
  }
  return write(best, halvings)
}

/** The step of a block: base · 2^(-halvings/2). */
export function packedStep(base: number, halvings: number): number {
  const whole = halvings >> 1
  return base * 2 ** -whole * (halvings % 2 === 0 ? 1 : Math.SQRT1_2)
}

/** n of each block, from 0 (least important) to spread; all 0 where nothing is known. */
function halvingsOf(delta: Float32Array, importance: Float32Array | undefined): Int32Array {
  const blocks = new Int32Array(Math.ceil(delta.length / packedBlock))
  if (importance === undefined) return blocks
  const good = importance.length === delta.length && importance.every((w) => w >= 0 && Number.isFinite(w))
  if (!good) {
    throw new TributaryError('The importance of the parameters is not of this adapter.', {
      code: 'attribution/shape',
      facts: { parameters: delta.length, importance: importance.length },
      tryThis: 'pass the mean square of gradients of the same layout',
    })
  }
  for (const b of blocks.keys()) {
    const own = importance.subarray(b * packedBlock, (b + 1) * packedBlock)
    blocks[b] = exponentOf(own.reduce((sum, w) => sum + w, 0) / own.length)
  }
  const most = blocks.reduce((a, b) => Math.max(a, b), -spread * 100)
  return blocks.map((n) => Math.max(0, n - most + spread))
}

/** floor(log2 x) of a float32, from its bits: a logarithm may differ between machines. */
function exponentOf(x: number): number {
  const bits = new DataView(new ArrayBuffer(4))
  bits.setFloat32(0, x)
  return (bits.getUint32(0) >>> 23) - 127
}

type Coded = { base: number; whole: Int32Array; coded: Uint8Array }

function codesOf(scaled: Float64Array, base: number): Coded {
  const whole = Int32Array.from(scaled, (x) => (base === 0 ? 0 : Math.round(x / base)))
  const coder = new BitEncoder()
  codeIntegers(coder, whole)
  return { base, whole, coded: coder.finish() }
}

function write({ base, whole }: Coded, halvings: Int32Array): Uint8Array {
  const coder = new BitEncoder()
  codeIntegers(
    coder,
    halvings.map((n, b) => n - (halvings[b - 1] ?? 0)),
  )
  codeIntegers(coder, whole)
  const codes = coder.finish()
  const packed = new Uint8Array(packedHeaderBytes + codes.length)
  const header = new DataView(packed.buffer)
  header.setUint32(0, packedMagic, true)
  header.setUint32(4, whole.length, true)
  header.setFloat32(8, base, true)
  packed.set(codes, packedHeaderBytes)
  return packed
}

function rootMeanSquare(scaled: Float64Array, delta: Float32Array): number {
  let squares = 0
  for (const x of scaled) squares += x * x
  if (delta.length > 0 && Number.isFinite(squares)) return Math.sqrt(squares / delta.length)
  const at = delta.findIndex((x) => !Number.isFinite(x))
  throw new TributaryError('This change of the parameters cannot be packed.', {
    code: delta.length === 0 ? 'attribution/shape' : 'attribution/not-finite',
    facts: { parameters: delta.length, at, value: String(delta[at]) },
    tryThis: 'pass theta without the payee less theta, of one finished training run',
  })
}
