import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { digestText, type Digest } from '../../kernel/index.ts'
import { baseFiles } from '../load/baseManifest.ts'
import { openBase, type BaseModel } from '../load/openBase.ts'
import { prepareBase } from '../load/prepareBase.ts'

export type SourceToOpen = {
  path: string
  name: string
  /** sha-256 of the weights file, where it is pinned. */
  digest?: Digest | undefined
  /** The folder of base folders. */
  folder: string
}

/**
 * The base of a source. A base folder is opened as it is; a pinned file is known by its digest; one that the user names
 * is hashed at each start, since its bytes can change under its name. Throws as openBase and prepareBase.
 */
export async function openSource({ path, name, digest, folder }: SourceToOpen): Promise<BaseModel> {
  if (existsSync(join(path, baseFiles.manifest))) return openBase(path)
  const into = join(folder, (digest ?? digestText(resolve(path))).slice(2, 18))
  if (digest === undefined) return prepareBase({ file: path, into, name: basename(path) })
  return existsSync(into) ? openBase(into) : prepareBase({ file: path, into, name, expectedSha256: digest.slice(2) })
}
