import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import { readJsonFile, tokenizerBytes } from './readJsonFile.ts'

/** The safetensors files of a folder, sorted, and which of them holds each tensor where the folder says so. */
export type WeightFiles = { readonly files: readonly string[]; readonly fileOf?: ReadonlyMap<string, string> }

export const indexFile = 'model.safetensors.index.json'
const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string().regex(/^[\w.-]+\.safetensors$/)) })

/**
 * The files that hold a model: those of model.safetensors.index.json where there is one (shards), else
 * model.safetensors, else all safetensors files. Copies in another layout (consolidated.safetensors) are passed over.
 * Throws models/shards when the index makes no sense or a file that it names is missing.
 */
export function weightFiles(dir: string): WeightFiles {
  if (!existsSync(join(dir, indexFile))) {
    if (existsSync(join(dir, 'model.safetensors'))) return { files: ['model.safetensors'] }
    return {
      files: readdirSync(dir)
        .filter((name) => name.endsWith('.safetensors'))
        .toSorted(),
    }
  }
  const parsed = indexSchema.safeParse(readJsonFile(join(dir, indexFile), tokenizerBytes))
  const map = parsed.success ? parsed.data.weight_map : {}
  const files = [...new Set(Object.values(map))].toSorted()
  if (files.length === 0) throw refuse('The index of the shards names no file.', { dir, file: indexFile })
  const missing = files.filter((name) => !existsSync(join(dir, name)))
  if (missing.length > 0) throw refuse('Shards of the model are missing.', { dir, missing: missing.slice(0, 16) })
  return { files, fileOf: new Map(Object.entries(map)) }
}

/**
 * Each tensor lies in one file, the one of the index. Throws models/shards for one that lies elsewhere, in two files, or
 * in none.
 */
export function checkShards(
  dir: string,
  { fileOf }: WeightFiles,
  found: readonly { readonly name: string; readonly file: string }[],
): void {
  const seen = new Map<string, string>()
  for (const { name, file } of found) {
    const other = seen.get(name) ?? (fileOf ? fileOf.get(name) : file)
    if (seen.has(name) || other !== file) {
      throw refuse(`Tensor ${name} lies in another file than the index says, or twice.`, {
        dir, tensor: name, file, other: other ?? 'none',
      }) // prettier-ignore
    }
    seen.set(name, file)
  }
  const lost = [...(fileOf?.keys() ?? [])].find((name) => !seen.has(name))
  if (lost === undefined) return
  throw refuse(`Tensor ${lost} is in the index and in no file.`, { dir, tensor: lost, file: fileOf?.get(lost) ?? '' })
}

function refuse(message: string, facts: Record<string, string | readonly string[]>): TributaryError {
  return new TributaryError(message, {
    code: 'models/shards',
    facts,
    tryThis: `fetch all files that ${indexFile} names, whole`,
  })
}
