import { randomBytes } from 'node:crypto'
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { digestBytes, TributaryError, type Digest } from '../../../kernel/index.ts'
import type { BlobStore } from './blobStore.ts'

/**
 * A folder of payloads by digest. Many processes may share it: each writes under a name of its own, syncs, and renames.
 * Throws graph/blob-missing.
 */
export function fileBlobs(folder: string): BlobStore {
  const pathOf = (digest: Digest) => join(folder, digest.slice(2, 4), digest.slice(4))
  return {
    async put(bytes) {
      const digest = digestBytes(bytes)
      const path = pathOf(digest)
      if (await isThere(path)) return digest
      await mkdir(dirname(path), { recursive: true })
      const fresh = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
      try {
        const file = await open(fresh, 'wx', 0o600)
        try {
          await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(fresh, path)
      } catch (failure) {
        await rm(fresh, { force: true })
        throw failure
      }
      return digest
    },
    async get(digest) {
      try {
        return await readFile(pathOf(digest))
      } catch (cause) {
        throw new TributaryError('A large payload is not in this folder.', {
          code: 'graph/blob-missing',
          facts: { digest, folder },
          tryThis: 'give the client and all workers of a graph the same blobs',
          retry: true,
          cause,
        })
      }
    },
  }
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
