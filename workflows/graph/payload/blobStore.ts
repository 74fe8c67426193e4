import type { Digest } from '../../../kernel/index.ts'

/**
 * Where large payloads lie, by the sha-256 of their bytes: a folder, a bucket, a database. Client and workers of a graph
 * need the same one. `get` must refuse what is missing; that the bytes are right is checked by whoever reads.
 */
export type BlobStore = {
  put: (bytes: Uint8Array) => Promise<Digest>
  get: (digest: Digest) => Promise<Uint8Array>
}
