import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { TributaryError, type Digest } from '../../kernel/index.ts'

/** Check a file against its digest in one streamed pass. Throws blobs/not-found, blobs/digest-mismatch. */
export async function digestFile(path: string, digest: Digest): Promise<void> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    const stream: AsyncIterable<Uint8Array> = createReadStream(path)
    for await (const read of stream) {
      hash.update(read)
      bytes += read.length
    }
  } catch (failure) {
    throw missing(digest, failure)
  }
  checkDigest(digest, hash.digest('hex'), bytes)
}

export function checkDigest(digest: Digest, foundHex: string, bytes: number): void {
  if (digest === `0x${foundHex}`) return
  throw new TributaryError('A stored file does not have the bytes that its name promises.', {
    code: 'blobs/digest-mismatch',
    facts: { digest, foundDigest: `0x${foundHex}`, bytes },
    tryThis: 'restore the file from a backup, or delete it and run the step that made it again',
  })
}

/** The coded form of a failed open: only a missing file is ours to explain. */
export function missing(digest: Digest, failure: unknown): unknown {
  if (!(failure instanceof Error && 'code' in failure && failure.code === 'ENOENT')) return failure
  return new TributaryError('There is no file with this digest.', {
    code: 'blobs/not-found',
    facts: { digest },
    tryThis: 'run the step that makes it again, or restore the blobs folder from a backup',
  })
}
