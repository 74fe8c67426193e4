import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { baseFiles } from './baseManifest.ts'
import { diskError } from './diskError.ts'
import { fileDigest } from './fileDigest.ts'
import { findSource } from './findSource.ts'
import { openBase, type BaseModel } from './openBase.ts'
import { removeDrafts } from './removeDrafts.ts'
import { writeBase, type Converted } from './writeBase.ts'

export type PrepareBaseOptions = {
  /** A .gguf file, a .safetensors file, or a folder with safetensors and the JSON files beside them. */
  file: string
  /** The base folder to be made; its parent is made where missing. */
  into: string
  /** sha-256 of the weights file as fetched, in hexadecimal with or without 0x. */
  expectedSha256?: string
  /** How the model is called in tables; the file's name unless given. */
  name?: string
  /** A .jinja file with the chat template, instead of the model's own. */
  chatTemplate?: string | undefined
  onProgress?: ((progress: Converted) => void) | undefined
}

/**
 * Turns downloaded weights into a base folder {weights.safetensors (float32), config.json, tokenizer.json,
 * tokenizer_config.json, base.json} that every graph and every digest refers to.
 *
 * Atomic: written beside and renamed, so `into` is whole or absent; what a killed attempt left is removed. A folder
 * already made from the same source is opened as it is. Cost: about 3 s and 113 MiB for 135M parameters.
 * Throws models/base-digest, models/base-exists and whatever is wrong with the file (models/truncated,
 * models/architecture, models/tensor-type, models/shards, models/not-finite, …), models/disk.
 */
export async function prepareBase(options: PrepareBaseOptions): Promise<BaseModel> {
  const { file, into, expectedSha256, chatTemplate, onProgress } = options
  const { dir, files, open } = await findSource(file, chatTemplate)
  const digests = await Promise.all(files.map((found) => fileDigest(join(dir, found))))
  checkExpected(file, digests, expectedSha256)
  if (existsSync(join(into, baseFiles.manifest))) return reopen(into, digests)

  await mkdir(dirname(into), { recursive: true })
  await removeDrafts(into)
  const draft = `${into}.draft-${process.pid}`
  const source = open()
  try {
    await mkdir(draft)
    await writeBase(source, draft, {
      name: options.name ?? basename(file).replace(/\.(gguf|safetensors)$/, ''),
      source: digests,
      onProgress,
    })
    if (!existsSync(into)) await rename(draft, into)
  } catch (failure) {
    throw isSystemError(failure) ? diskError(into, failure) : failure
  } finally {
    source.close()
    await rm(draft, { recursive: true, force: true })
  }
  return reopen(into, digests)
}

function checkExpected(file: string, digests: readonly Digest[], expected: string | undefined): void {
  if (expected === undefined || (digests.length === 1 && digests[0] === `0x${expected.replace(/^0x/, '')}`)) return
  throw new TributaryError('The model file is not the one that is wanted.', {
    code: 'models/base-digest',
    facts: { file, expected, found: digests },
    tryThis: 'fetch the file again; remove a partial download',
  })
}

async function reopen(into: string, source: readonly Digest[]): Promise<BaseModel> {
  const base = await openBase(into)
  if (source.length === base.source.length && source.every((digest, i) => digest === base.source[i])) return base
  throw new TributaryError('Another base model is already in this folder.', {
    code: 'models/base-exists',
    facts: { dir: into, found: base.source, wanted: source },
    tryThis: 'choose another folder, or remove this one',
  })
}

/** What the operating system refused: no room, no right. */
function isSystemError(failure: unknown): boolean {
  return failure instanceof Error && !(failure instanceof TributaryError) && 'syscall' in failure
}
