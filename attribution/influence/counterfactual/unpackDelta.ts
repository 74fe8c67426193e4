import { TributaryError } from '../../../kernel/index.ts'
import { BitDecoder } from './BitCoder.ts'
import { codeIntegers } from './codeIntegers.ts'
import { packedBlock, packedHeaderBytes, packedMagic, packedStep } from './packDelta.ts'

/**
 * The change of the parameters that packDelta packed, [parameters], each to within half the step of its block.
 * Cost: one pass of P numbers, 0.5 s a million. Throws attribution/packed-delta for bytes that packDelta did not write, of
 * another adapter's length, cut short or longer.
 */
export function unpackDelta(packed: Uint8Array, parameters: number): Float32Array {
  const header = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  if (packed.length < packedHeaderBytes || header.getUint32(0, true) !== packedMagic)
    refuse('header', packed, parameters)
  const base = header.getFloat32(8, true)
  if (header.getUint32(4, true) !== parameters) refuse('length', packed, parameters)
  if (!(base >= 0 && Number.isFinite(base))) refuse('base', packed, parameters)
  const coder = new BitDecoder(packed.subarray(packedHeaderBytes))
  const halvings = new Int32Array(Math.ceil(parameters / packedBlock))
  codeIntegers(coder, halvings)
  for (let b = 1; b < halvings.length; b++) halvings[b]! += halvings[b - 1]!
  const codes = new Int32Array(parameters)
  codeIntegers(coder, codes)
  if (coder.left !== 0) refuse('codes', packed, parameters)
  return Float32Array.from(codes, (code, p) => packedStep(base, halvings[Math.floor(p / packedBlock)]!) * code)
}

function refuse(where: string, packed: Uint8Array, parameters: number): never {
  throw new TributaryError('These bytes are no packed change of this adapter.', {
    code: 'attribution/packed-delta',
    facts: { where, bytes: packed.length, parameters },
    tryThis: 'fetch the blob again by its digest, or train the counterfactual adapter again',
  })
}
