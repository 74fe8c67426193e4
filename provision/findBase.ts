import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { TributaryError, type Digest } from '../kernel/index.ts'
import { fileDigest } from './fileDigest.ts'
import { cachedGguf, cachedHubFolder, pinnedBase } from './pinnedBase.ts'

export type BaseSource = {
  name: string
  /** A GGUF file, or a folder with safetensors, config and tokenizer. */
  path: string
  foundBy: 'TRIBUTARY_BASE' | 'cache' | 'pip' | 'hub'
  /** sha-256 of the GGUF or of model.safetensors where it is pinned. */
  digest?: Digest
  /** What the user must hear: that this is not the base of everyone. */
  notice?: string
}

/**
 * The base model that is to be had without fetching: TRIBUTARY_BASE (file or folder), else our cache, whose bytes are
 * checked against the pinned digests (0.1 s); a damaged one counts as absent. Undefined when there is none.
 * Throws provision/base-path when TRIBUTARY_BASE names nothing.
 */
export async function findBase(env: NodeJS.ProcessEnv = process.env): Promise<BaseSource | undefined> {
  const named = env['TRIBUTARY_BASE']
  if (named) {
    if (existsSync(named)) return { name: named, path: named, foundBy: 'TRIBUTARY_BASE' }
    throw new TributaryError('TRIBUTARY_BASE names no file or folder.', {
      code: 'provision/base-path',
      facts: { path: named },
      tryThis:
        'let it name a GGUF file, or a folder with model.safetensors, config.json and tokenizer.json, or unset it',
    })
  }
  const { name, gguf, hub } = pinnedBase
  const path = cachedGguf(env)
  if ((await fileDigest(path)) === gguf.digest) return { name, path, foundBy: 'cache', digest: gguf.digest }
  return (await holdsAll(cachedHubFolder(env), hub.files)) ? hubSource(env, 'cache') : undefined
}

/** The original weights as a source, with the notice that they are another base. */
export function hubSource(env: NodeJS.ProcessEnv, foundBy: 'cache' | 'hub'): BaseSource {
  const { name, hub } = pinnedBase
  return {
    name: `${name} (original weights)`,
    path: cachedHubFolder(env),
    foundBy,
    digest: hub.files['model.safetensors'],
    notice:
      `the base is ${hub.repository} with its original weights, not the Q4_1 file of the default base: ` +
      'its digest, and all digests made with it, differ from those of others',
  }
}

async function holdsAll(folder: string, files: Record<string, Digest>): Promise<boolean> {
  for (const [name, digest] of Object.entries(files)) {
    if ((await fileDigest(join(folder, name))) !== digest) return false
  }
  return true
}
