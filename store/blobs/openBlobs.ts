import { join } from 'node:path'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import type { Digest } from '../../kernel/index.ts'
import { blobFiles, type BlobFiles } from './blobFiles.ts'
import { digestFile } from './digestFile.ts'
import { putBlob } from './putBlob.ts'
import { readBlob } from './readBlob.ts'

/** Files by the sha-256 of their bytes. */
export type Blobs = {
  /** Store bytes; bytes that are there already are not written again. Throws blobs/disk-full. */
  put(bytes: Uint8Array): Promise<Digest>
  /** Store a copy of a file, streamed. Throws blobs/disk-full. */
  putFile(path: string): Promise<Digest>
  /** The bytes, checked. Throws blobs/not-found, blobs/digest-mismatch. */
  get(digest: Digest): Promise<Uint8Array>
  /** Check the file of a digest, streamed, and return its path: for readers that want a file. */
  verifiedPath(digest: Digest): Promise<string>
  /** Where the file of a digest lies or would lie; nothing is checked. */
  path(digest: Digest): string
  has(digest: Digest): Promise<boolean>
}

/**
 * A folder of content-addressed files, `ab/cdef…`, each written to a temporary name, synced and renamed: a blob is
 * there whole or not at all. Temporaries of a crash are removed at opening, so only one process may write (the home's lock).
 * Cost of put: one pass of sha-256 (about 1 GB/s) and one fsync.
 */
export async function openBlobs(dir: string, files: BlobFiles = blobFiles): Promise<Blobs> {
  const unfinished = join(dir, 'unfinished')
  await mkdir(unfinished, { recursive: true })
  for (const name of await readdir(unfinished)) await rm(join(unfinished, name), { force: true })

  const path = (digest: Digest) => join(dir, digest.slice(2, 4), digest.slice(4))
  const place = { unfinished, path, files }
  return {
    path,
    put: (bytes) => putBlob(place, bytes),
    putFile: (source) => putBlob(place, { path: source }),
    get: (digest) => readBlob(digest, path(digest)),
    verifiedPath: async (digest) => {
      await digestFile(path(digest), digest)
      return path(digest)
    },
    has: (digest) => stat(path(digest)).then(() => true, isMissing),
  }
}

function isMissing(failure: unknown): false {
  if (failure instanceof Error && 'code' in failure && failure.code === 'ENOENT') return false
  throw failure
}
