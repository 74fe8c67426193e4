import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Digest } from '../../kernel/index.ts'
import { chooseBase, listBases, type ListedBase } from './listBases.ts'

export type BaseOfHome = {
  home: string
  /** The folder of base folders. */
  folder: string
  /** A name or the beginning of a digest. */
  wanted?: string | undefined
}

/**
 * The added base with which a home works: the one that is wanted now, else the one that was kept (keepBase); undefined for a home that never chose. A server that a command starts for itself thus has the same base.
 * Throws models/unknown-base.
 */
export async function baseOfHome({ home, folder, wanted }: BaseOfHome): Promise<ListedBase | undefined> {
  const chosen = wanted ?? (await readFile(baseFile(home), 'utf8').catch(() => '')).trim()
  if (chosen === '') return undefined
  return chooseBase(await listBases(folder), chosen)
}

/** Makes a base that of a home from now on; called once the home has been opened with it. */
export async function keepBase(home: string, digest: Digest): Promise<void> {
  await writeFile(baseFile(home), `${digest}\n`)
}

const baseFile = (home: string): string => join(home, 'base')
