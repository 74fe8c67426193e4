import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf, TributaryError, type Digest } from '../../kernel/index.ts'
import type { LlamaConfig, WeightIndex } from '../graph/index.ts'
import { baseFiles, baseManifestSchema, type BaseManifest } from './baseManifest.ts'
import { checkWeights } from './checkWeights.ts'
import { fileDigest } from './fileDigest.ts'
import { parseConfig } from './parseConfig.ts'
import { readSafetensors } from './readSafetensors.ts'
import { createTokenizer, type Tokenizer } from './Tokenizer.ts'

export type BaseModel = {
  /** Digest of weights, config and tokenizer: what receipts and adapters refer to. */
  readonly digest: Digest
  readonly name: string
  readonly dir: string
  readonly config: LlamaConfig
  readonly weights: WeightIndex
  /** sha-256 of weights.safetensors. */
  readonly weightsDigest: Digest
  /** sha-256 of tokenizer.json: two bases with the same one read every text as the same tokens. */
  readonly tokenizerDigest: Digest
  /** sha-256 of the files that the folder was made from. */
  readonly source: readonly Digest[]
  readonly tokenizer: Tokenizer
}

/**
 * Opens a base folder and compares every file with base.json. Cost: a second or less for 540 MB.
 * Throws models/base-incomplete, models/base-changed, and whatever is wrong with a file.
 */
export async function openBase(dir: string): Promise<BaseModel> {
  const manifest = await readManifest(dir)
  const changed: string[] = []
  for (const part of ['weights', 'config', 'tokenizer', 'tokenizerConfig'] as const) {
    const found = await fileDigest(join(dir, baseFiles[part])).catch((cause: unknown) => {
      throw incomplete(dir, baseFiles[part], cause)
    })
    if (found !== manifest[part]) changed.push(baseFiles[part])
  }
  if (changed.length > 0) {
    throw new TributaryError('The base model is not what it was when it was made.', {
      code: 'models/base-changed',
      facts: { dir, changed },
      tryThis: 'remove the folder and start again: it is made anew from the download',
    })
  }
  const json = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(dir, name), 'utf8'))
  const config = parseConfig(await json(baseFiles.config), join(dir, baseFiles.config))
  const weights = readSafetensors(join(dir, baseFiles.weights))
  checkWeights(config, new Map(Object.entries(weights.entries)), dir)
  const { name, source, v: _, ...parts } = manifest
  return {
    digest: digestOf({
      weights: parts.weights,
      config: parts.config,
      tokenizer: parts.tokenizer,
      tokenizerConfig: parts.tokenizerConfig,
    }),
    name,
    dir,
    config,
    weights,
    weightsDigest: manifest.weights,
    tokenizerDigest: manifest.tokenizer,
    source,
    tokenizer: createTokenizer(await json(baseFiles.tokenizer), await json(baseFiles.tokenizerConfig)),
  }
}

async function readManifest(dir: string): Promise<BaseManifest> {
  try {
    return baseManifestSchema.parse(JSON.parse(await readFile(join(dir, baseFiles.manifest), 'utf8')))
  } catch (cause) {
    throw incomplete(dir, baseFiles.manifest, cause)
  }
}

function incomplete(dir: string, file: string, cause: unknown): TributaryError {
  return new TributaryError('The base folder is incomplete.', {
    code: 'models/base-incomplete',
    facts: { dir, file },
    tryThis: 'remove the folder and start again: it is made anew from the download',
    cause,
  })
}
