import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { canonicalBytes, digestOf, digestString, TributaryError, type Digest } from '../../../kernel/index.ts'
import { writeWhole, type OnStep } from './IndexFiles.ts'

const shardEntry = z.object({
  root: digestString,
  documents: z.int().nonnegative(),
  symbols: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
})

/** What an index is made of. Its digest is the root of the index. */
export const indexManifest = z.object({
  format: z.literal(1),
  alphabet: z.enum(['tokens', 'bytes']),
  tokenizer: digestString,
  variant: z.enum(['plain', 'compressed']),
  shards: z.array(shardEntry),
  /** A shard of the documents that were taken down and still stand in a shard. */
  dead: shardEntry.nullable(),
  /** Files of shards that are in use no more, until they are gone. */
  retired: z.array(digestString),
})
export type IndexManifest = z.infer<typeof indexManifest>
export type ShardEntry = z.infer<typeof shardEntry>

export type Committed = { manifest: IndexManifest; number: number }

export const manifestName = (number: number): string => `manifest-${String(number).padStart(8, '0')}.json`

/** The root of an index: everything that it answers from. What is on its way out of the disk does not belong to it. */
export function rootOf(manifest: IndexManifest): Digest {
  return digestOf({ ...manifest, retired: [] })
}

/** The newest manifest in a folder, or undefined where there is none. Throws attribution/index-edited. */
export async function readManifest(dir: string): Promise<Committed | undefined> {
  const numbers = (await readdir(dir).catch(() => [])).flatMap((name) => {
    const match = /^manifest-(\d{8})\.json$/.exec(name)
    return match ? [Number(match[1])] : []
  })
  if (numbers.length === 0) return undefined
  const number = Math.max(...numbers)
  try {
    const text = await readFile(join(dir, manifestName(number)), 'utf8')
    return { number, manifest: indexManifest.parse(JSON.parse(text)) }
  } catch (cause) {
    // A newer one may have replaced it between the two calls.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return readManifest(dir)
    throw new TributaryError('The manifest of this token index can not be read.', {
      code: 'attribution/index-edited',
      facts: { manifest: number },
      tryThis: 'build the index again from the samples, or restore its folder',
      cause,
    })
  }
}

/** Throws attribution/no-index. */
export async function currentManifest(dir: string): Promise<Committed> {
  const found = await readManifest(dir)
  if (found !== undefined) return found
  throw new TributaryError('There is no token index in this folder.', {
    code: 'attribution/no-index',
    tryThis: 'build it first',
  })
}

/** Writes the first manifest. Gives false where there is one already. */
export async function commitFirst(dir: string, manifest: IndexManifest, onStep?: OnStep): Promise<boolean> {
  if ((await readManifest(dir)) !== undefined) return false
  return writeWhole(join(dir, manifestName(1)), [canonicalBytes(manifest)], { exclusive: true, onStep })
}
