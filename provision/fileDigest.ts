import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Digest } from '../kernel/index.ts'

/** sha-256 of a file, streamed (a 98 MB model takes about 0.1 s). Undefined when there is no such file. */
export async function fileDigest(path: string): Promise<Digest | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return `0x${hash.digest('hex')}` as Digest
}
