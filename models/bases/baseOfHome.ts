import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chooseBase, listBases, type ListedBase } from './listBases.ts'

export type BaseOfHome = {
  home: string
  /** The folder of base folders. */
  folder: string
  /** A name or the beginning of a digest; from then on it is the base of this home. */
  wanted?: string | undefined
}

/**
 * The added base with which a home works: the one that is wanted now, else the one that was wanted when it was started
 * before; undefined for a home that never chose. A server that a command starts for itself thus has the same base.
 * Throws models/unknown-base.
 */
export async function baseOfHome({ home, folder, wanted }: BaseOfHome): Promise<ListedBase | undefined> {
  const file = join(home, 'base')
  const chosen = wanted ?? (await readFile(file, 'utf8').catch(() => '')).trim()
  if (chosen === '') return undefined
  const base = chooseBase(await listBases(folder), chosen)
  if (wanted !== undefined) await writeFile(file, `${base.digest}\n`)
  return base
}
