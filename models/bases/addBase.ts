import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf, type Digest } from '../../kernel/index.ts'
import { fileDigest } from '../load/fileDigest.ts'
import { findSource } from '../load/findSource.ts'
import type { BaseModel } from '../load/openBase.ts'
import { prepareBase } from '../load/prepareBase.ts'
import { indexFile } from '../load/weightFiles.ts'
import type { Converted } from '../load/writeBase.ts'

export type AddBaseOptions = {
  /** A model as findSource finds it. */
  from: string
  /** The folder of base folders. */
  folder: string
  name: string
  chatTemplate?: string | undefined
  onProgress?: ((progress: Converted) => void) | undefined
}

const besides = [indexFile, 'config.json', 'tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja']

/**
 * Converts a model into a base folder that is named by what it was made from, so that the same files are converted once
 * and others beside them. Whole or absent, and idempotent: see prepareBase, whose errors it throws.
 * Cost: the source is read twice, once to be hashed; the folder has 4 bytes a parameter.
 */
export async function addBase({ from, folder, name, chatTemplate, onProgress }: AddBaseOptions): Promise<BaseModel> {
  const { dir, files } = await findSource(from, chatTemplate)
  const made: Record<string, Digest> = {}
  const beside = files[0]?.endsWith('.gguf') ? [] : besides.filter((file) => existsSync(join(dir, file)))
  for (const file of [...files, ...beside]) made[file] = await fileDigest(join(dir, file))
  if (chatTemplate !== undefined) made['given chat template'] = await fileDigest(chatTemplate)
  const into = join(folder, digestOf(made).slice(2, 18))
  return prepareBase({ file: from, into, name, chatTemplate, onProgress })
}
