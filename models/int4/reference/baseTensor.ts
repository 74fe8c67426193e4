import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { BaseModel } from '../../load/openBase.ts'

/** The float32 numbers of a tensor, as models/load made them. */
export function baseTensor(base: BaseModel, name: string): Float32Array {
  const { offset, length } = base.weights.entries[name]!
  const out = new Float32Array(length / 4)
  const file = openSync(join(base.dir, base.weights.location), 'r')
  readSync(file, new Uint8Array(out.buffer), 0, length, offset)
  closeSync(file)
  return out
}
