import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { fileBlobs, type BlobStore } from '../client/index.ts'

/** Where the tests of this machine keep large payloads. */
export const testBlobs: BlobStore = fileBlobs(join(tmpdir(), 'tributary-test-blobs'))
