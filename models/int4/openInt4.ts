import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import type { BlockMatrix, BlockWeights, WeightEntry } from '../graph/index.ts'
import { fileDigest } from '../load/fileDigest.ts'
import type { BaseModel } from '../load/openBase.ts'
import { readSafetensors } from '../load/readSafetensors.ts'
import { int4Files, int4ManifestSchema } from './int4Manifest.ts'

/** `digest`: sha-256 of the packed file. */
export type Int4Weights = BlockWeights & { readonly digest: Digest }

/**
 * Opens what packInt4 made, after comparing it with its manifest and with the base. Cost: under half a second for 100 MB.
 * Throws models/int4-missing, models/int4-changed.
 */
export async function openInt4(base: BaseModel): Promise<Int4Weights> {
  const { dir } = base
  const text = await readFile(join(dir, int4Files.manifest), 'utf8').catch((cause: unknown) => {
    throw new TributaryError('The base model has not been packed for 4-bit serving.', {
      code: 'models/int4-missing',
      facts: { dir, file: int4Files.manifest },
      tryThis: 'pack it with packInt4({ base, file }), or serve in float32',
      cause,
    })
  })
  const file = join(dir, int4Files.blocks)
  const manifest = int4ManifestSchema.safeParse(parsedJson(text))
  const digest = await fileDigest(file).catch(() => undefined)
  const isRight =
    manifest.success &&
    manifest.data.blocks === digest &&
    manifest.data.weights === base.weightsDigest &&
    base.source.includes(manifest.data.source)
  if (!isRight || digest === undefined) throw changed(dir)

  const { location, entries } = readSafetensors(file, { U8: 1, F32: 4 })
  const matrices: Record<string, BlockMatrix> = {}
  for (const [name, codes] of Object.entries(entries)) {
    if (!name.endsWith('.codes')) continue
    const tensor = name.slice(0, -'.codes'.length)
    matrices[tensor] = matrixOf(base, tensor, {
      codes,
      scales: entries[`${tensor}.scales`],
      offsets: entries[`${tensor}.offsets`],
    })
  }
  return { location, matrices, digest }
}

type Parts = { codes: WeightEntry; scales: WeightEntry | undefined; offsets: WeightEntry | undefined }

/** The graph reads by these places without looking at the file again, so each must have the size of its tensor. */
function matrixOf(base: BaseModel, tensor: string, { codes, scales, offsets }: Parts): BlockMatrix {
  const [rows = 0, columns = 0] = base.weights.entries[tensor]?.shape ?? []
  const bits = ((codes.shape[2] ?? 0) / 4) as 4 | 8
  const blocks = `${rows},${columns / 32}`
  const fits =
    [4, 8].includes(bits) &&
    codes.shape.join() === `${blocks},${4 * bits}` &&
    scales?.shape.join() === blocks &&
    (offsets?.shape.join() ?? blocks) === blocks
  if (!fits || !scales) throw changed(base.dir)
  return { bits, rows, columns, codes, scales, ...(offsets ? { offsets } : {}) }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Said by the caller: what is not JSON is no manifest.
    return undefined
  }
}

function changed(dir: string): TributaryError {
  return new TributaryError('The packed weights are not those of this base model.', {
    code: 'models/int4-changed',
    facts: { dir, files: Object.values(int4Files) },
    tryThis: 'remove the two files and pack again',
  })
}
