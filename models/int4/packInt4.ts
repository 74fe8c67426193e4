import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { fileDigest } from '../load/fileDigest.ts'
import type { BaseModel } from '../load/openBase.ts'
import { removeDrafts } from '../load/removeDrafts.ts'
import { safetensorsHeader, type TensorPlan } from '../load/safetensorsHeader.ts'
import { writeAtomic } from '../load/writeAtomic.ts'
import { int4Files, type Int4Manifest } from './int4Manifest.ts'
import { openInt4, type Int4Weights } from './openInt4.ts'
import { packGguf } from './packGguf.ts'
import type { PackedMatrix } from './PackedMatrix.ts'

export type PackInt4Options = {
  base: BaseModel
  /** The GGUF that the base folder was made from. */
  file: string
}

/**
 * Packs the Q4_1 and Q8_0 matrices of a base model for 4-bit serving, without loss, into the base folder
 * {int4.safetensors, int4.json}; `createEngine({ base, mode: 'int4' })` uses it. The base's own digest stays as it is.
 *
 * Each file is whole or absent and the manifest comes last; what is there and right is opened as it is.
 * Cost: a second or two, 100 MB of disk and of memory for 135M parameters.
 * Throws models/int4-source, models/disk, and as openInt4.
 */
export async function packInt4({ base, file }: PackInt4Options): Promise<Int4Weights> {
  if (!file.endsWith('.gguf')) throw unusable('Only a GGUF holds blocks to pack.', { file })
  const source = await fileDigest(file)
  if (base.source.length !== 1 || base.source[0] !== source) {
    throw unusable('The base folder was made from another file.', { file, found: source, wanted: base.source })
  }
  if (existsSync(join(base.dir, int4Files.manifest))) return openInt4(base)
  const matrices = packGguf(file)
  if (matrices.size === 0) throw unusable('The file holds no matrix in Q4_1 or Q8_0.', { file })

  await removeDrafts(join(base.dir, int4Files.blocks))
  const parts = [...matrices].flatMap(([name, matrix]) => partsOf(name, matrix))
  const header = safetensorsHeader(parts, { alignment: 4_096 })
  const bytes = [header, ...parts.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))]
  await writeAtomic(join(base.dir, int4Files.blocks), bytes)
  const hash = createHash('sha256')
  for (const part of bytes) hash.update(part)
  const manifest: Int4Manifest = {
    v: 1,
    source,
    weights: base.weightsDigest,
    blocks: `0x${hash.digest('hex')}` as Digest,
  }
  const json = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
  await writeAtomic(join(base.dir, int4Files.manifest), [json])
  return openInt4(base)
}

function partsOf(name: string, matrix: PackedMatrix): (TensorPlan & { data: Uint8Array | Float32Array })[] {
  const { bits, rows, columns, codes, scales, offsets } = matrix
  const shape = [rows, columns / 32]
  return [
    { name: `${name}.codes`, dtype: 'U8', shape: [...shape, 4 * bits], data: codes },
    { name: `${name}.scales`, shape, data: scales },
    ...(offsets ? [{ name: `${name}.offsets`, shape, data: offsets }] : []),
  ]
}

function unusable(message: string, facts: Record<string, string | readonly string[]>): TributaryError {
  return new TributaryError(message, {
    code: 'models/int4-source',
    facts,
    tryThis: 'give the GGUF with Q4_1 matrices that the base folder was made from, or serve in float32',
  })
}
