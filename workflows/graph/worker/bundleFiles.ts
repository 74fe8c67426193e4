import { readFile } from 'node:fs/promises'
import { digestBytes, digestOf, type Digest } from '../../../kernel/index.ts'

/** Every file that webpack read, with its digest: what a bundle was made of. */
export type BundleFiles = Record<string, Digest>

export async function digestFiles(paths: Iterable<string>): Promise<BundleFiles> {
  const pairs = await Promise.all(
    [...new Set(paths)].toSorted().map(async (path) => {
      const bytes = await readFile(path).catch(() => undefined) // a folder, or gone since: then there is nothing to hash
      return bytes === undefined ? undefined : ([path, digestBytes(bytes)] as const)
    }),
  )
  return Object.fromEntries(pairs.filter((pair) => pair !== undefined))
}

/** Whether every file still has the bytes that it had. */
export async function sameFiles(files: BundleFiles): Promise<boolean> {
  const now = await digestFiles(Object.keys(files))
  return digestOf(now) === digestOf(files)
}
