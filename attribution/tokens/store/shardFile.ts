import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { TributaryError, type Digest } from '../../../kernel/index.ts'
import { openShard } from '../openShard.ts'
import type { SearchedShard } from '../SearchedShard.ts'
import type { EncodedShard, ShardHeader } from '../shardHeader.ts'
import { writeWhole, type OnStep } from './IndexFiles.ts'
import type { ShardEntry } from './manifest.ts'

/** A shard's file is named by its root. */
export function shardPath(dir: string, root: Digest): string {
  return join(dir, `${root.slice(2)}.shard`)
}

/** Writes a shard's file. Throws attribution/disk-full. */
export async function writeShard(
  dir: string,
  { root, header, parts }: EncodedShard,
  onStep?: OnStep,
): Promise<ShardEntry> {
  await writeWhole(shardPath(dir, root), parts, { onStep })
  const bytes = parts.reduce((sum, part) => sum + part.length, 0)
  return { root, documents: header.documents, symbols: header.symbols, bytes }
}

/** The file of a shard in shared memory. Throws attribution/shard-missing. */
export async function readShardFile(dir: string, root: Digest): Promise<Uint8Array> {
  try {
    const file = await open(shardPath(dir, root))
    try {
      const { size } = await file.stat()
      const bytes = new Uint8Array(new SharedArrayBuffer(size))
      for (let at = 0; at < size;) {
        const { bytesRead } = await file.read(bytes, at, Math.min(size - at, 2 ** 30), at)
        if (bytesRead === 0) return bytes.subarray(0, at)
        at += bytesRead
      }
      return bytes
    } finally {
      await file.close()
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    throw new TributaryError('A shard of this token index is not there.', {
      code: 'attribution/shard-missing',
      facts: { root },
      tryThis: 'restore the folder, or build the index again from the samples',
      cause,
    })
  }
}

/** Reads and checks a shard. Throws attribution/shard-missing and as decodeShard. */
export async function loadShard(dir: string, root: Digest): Promise<{ header: ShardHeader; shard: SearchedShard }> {
  return openShard(await readShardFile(dir, root), root)
}
