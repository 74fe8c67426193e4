import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'
import { weightFiles } from './weightFiles.ts'
import { ggufSource, safetensorsSource, type WeightSource } from './weightSource.ts'

/** A model as it lies on disk: its weights files in `dir`, and how it is opened. */
export type FoundSource = { readonly dir: string; readonly files: readonly string[]; readonly open: () => WeightSource }

/**
 * What a path means: a .gguf file, a .safetensors file with the JSON files beside it, or a folder of either.
 * Throws models/base-missing, models/shards.
 */
export async function findSource(path: string, chatTemplateFile?: string): Promise<FoundSource> {
  const info = await stat(path).catch(() => undefined)
  const gguf = (dir: string, file: string): FoundSource => ({
    dir,
    files: [file],
    open: () => ggufSource(join(dir, file)),
  })
  if (info?.isFile() && path.endsWith('.gguf')) return gguf(dirname(path), basename(path))
  const isFile = info?.isFile() && path.endsWith('.safetensors')
  if (isFile || info?.isDirectory()) {
    const dir = isFile ? dirname(path) : path
    const weights = isFile ? { files: [basename(path)] } : weightFiles(dir)
    if (weights.files.length > 0) {
      return { dir, files: weights.files, open: () => safetensorsSource(dir, { weights, chatTemplateFile }) }
    }
  }
  throw new TributaryError('There is no model here.', {
    code: 'models/base-missing',
    facts: { file: path },
    tryThis: 'give a .gguf file, a .safetensors file, or a folder that holds safetensors files',
  })
}
