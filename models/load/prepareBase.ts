import { existsSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { checkConfig } from '../graph/index.ts'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { baseFiles, type BaseManifest } from './baseManifest.ts'
import { checkWeights } from './checkWeights.ts'
import { fileDigest } from './fileDigest.ts'
import { openBase, type BaseModel } from './openBase.ts'
import { removeDrafts } from './removeDrafts.ts'
import { safetensorsHeader } from './safetensorsHeader.ts'
import { createTokenizer } from './Tokenizer.ts'
import { ggufSource, safetensorsSource, type WeightSource } from './weightSource.ts'

export type PrepareBaseOptions = {
  /** A .gguf file, a .safetensors file, or a folder with safetensors and the JSON files beside them. */
  file: string
  /** The base folder to be made; its parent is made where missing. */
  into: string
  /** sha-256 of the weights file as fetched, in hexadecimal with or without 0x. */
  expectedSha256?: string
  /** How the model is called in tables; the file's name unless given. */
  name?: string
}

/**
 * Turns downloaded weights into a base folder {weights.safetensors (float32), config.json, tokenizer.json,
 * tokenizer_config.json, base.json} that every graph and every digest refers to.
 *
 * Atomic: written beside and renamed, so `into` is whole or absent; what a killed attempt left is removed. A folder
 * already made from the same source is opened as it is. Cost: about 3 s and 113 MiB for 135M parameters.
 * Throws models/base-digest, models/base-exists and whatever is wrong with the file (models/truncated,
 * models/architecture, models/tensor-type, models/not-finite, …).
 */
export async function prepareBase({ file, into, expectedSha256, name }: PrepareBaseOptions): Promise<BaseModel> {
  const { dir, files } = await findSource(file)
  const digests = await Promise.all(files.map((found) => fileDigest(join(dir, found))))
  checkExpected(file, digests, expectedSha256)
  if (existsSync(join(into, baseFiles.manifest))) return reopen(into, digests)

  await mkdir(dirname(into), { recursive: true })
  await removeDrafts(into)
  const draft = `${into}.draft-${process.pid}`
  const source = files[0].endsWith('.gguf') ? ggufSource(join(dir, files[0])) : safetensorsSource(dir, files)
  try {
    await mkdir(draft)
    await writeBase(source, draft, {
      name: name ?? basename(file).replace(/\.(gguf|safetensors)$/, ''),
      source: digests,
    })
    if (!existsSync(into)) await rename(draft, into)
  } finally {
    source.close()
    await rm(draft, { recursive: true, force: true })
  }
  return reopen(into, digests)
}

async function writeBase(source: WeightSource, draft: string, made: { name: string; source: Digest[] }): Promise<void> {
  checkConfig(source.config)
  const tensors = new Map(source.tensors.map((tensor) => [tensor.name, tensor]))
  checkWeights(source.config, tensors, made.name)
  createTokenizer(source.tokenizer, source.tokenizerConfig)
  const weights = await open(join(draft, baseFiles.weights), 'w')
  try {
    // On a page boundary, so that the runtime can map the tensors.
    await weights.write(safetensorsHeader([...tensors.values()], { alignment: 4_096, metadata: { format: 'pt' } }))
    for (const tensor of tensors.values()) {
      const data = tensor.read()
      checkFinite(data, tensor.name, made.name)
      await weights.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    }
    await weights.sync()
  } finally {
    await weights.close()
  }
  await writeFile(join(draft, baseFiles.config), `${JSON.stringify(source.config, null, 2)}\n`)
  await writeFile(join(draft, baseFiles.tokenizer), `${JSON.stringify(source.tokenizer)}\n`)
  await writeFile(join(draft, baseFiles.tokenizerConfig), `${JSON.stringify(source.tokenizerConfig, null, 2)}\n`)
  const digestOfFile = (name: string): Promise<Digest> => fileDigest(join(draft, name))
  const manifest: BaseManifest = {
    v: 1,
    name: made.name,
    source: made.source,
    weights: await digestOfFile(baseFiles.weights),
    config: await digestOfFile(baseFiles.config),
    tokenizer: await digestOfFile(baseFiles.tokenizer),
    tokenizerConfig: await digestOfFile(baseFiles.tokenizerConfig),
  }
  await writeFile(join(draft, baseFiles.manifest), `${JSON.stringify(manifest, null, 2)}\n`)
}

function checkFinite(data: Float32Array, tensor: string, model: string): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue
    throw new TributaryError(`Tensor ${tensor} holds a number that is not finite.`, {
      code: 'models/not-finite',
      facts: { model, tensor, at: i },
      tryThis: 'fetch the model again; if it is the same, its weights are broken',
    })
  }
}

async function findSource(file: string): Promise<{ dir: string; files: [string, ...string[]] }> {
  const info = await stat(file).catch(() => undefined)
  if (info?.isFile() && /\.(gguf|safetensors)$/.test(file)) return { dir: dirname(file), files: [basename(file)] }
  const [first, ...more] = info?.isDirectory()
    ? (await readdir(file)).filter((n) => n.endsWith('.safetensors')).toSorted()
    : []
  if (first !== undefined) return { dir: file, files: [first, ...more] }
  throw new TributaryError('There is no model here.', {
    code: 'models/base-missing',
    facts: { file },
    tryThis: 'give a .gguf file, a .safetensors file, or a folder that holds safetensors files',
  })
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
