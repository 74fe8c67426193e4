import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Digest } from '../../kernel/index.ts'
import { checkDigest, missing } from './digestFile.ts'

/** Throws blobs/not-found, blobs/digest-mismatch. */
export async function readBlob(digest: Digest, path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((failure: unknown) => {
    throw missing(digest, failure)
  })
  checkDigest(digest, createHash('sha256').update(bytes).digest('hex'), bytes.length)
  return bytes
}
