import { digestBytes, type Digest } from '../../kernel/index.ts'
import { adapterDigest, type Run } from '../../models/index.ts'
import type { Bundle } from './bundle.ts'

/**
 * The digest under which a member of an adapter set is committed: the adapter itself (member 0) by its PEFT files, a
 * counterfactual adapter by its parameters as float32, little-endian, as training leaves them. [P] in.
 */
export function memberDigest(member: number, theta: Float32Array, { layout }: Run, { card }: Bundle): Digest {
  if (member === 0) return adapterDigest({ layout, theta }, { baseName: card.baseName })
  return digestBytes(new Uint8Array(theta.buffer, theta.byteOffset, theta.byteLength))
}
