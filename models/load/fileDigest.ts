import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Digest } from '../../kernel/index.ts'

/** sha-256 of a file, streamed: the same digest as `digestBytes` of its bytes, at the speed of the processor. */
export async function fileDigest(file: string): Promise<Digest> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  return `0x${hash.digest('hex')}` as Digest
}
