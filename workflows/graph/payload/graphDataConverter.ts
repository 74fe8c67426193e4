import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DataConverter } from '@temporalio/common'
import { blobCodec } from './blobCodec.ts'
import type { BlobStore } from './blobStore.ts'
import { fileBlobs } from './fileBlobs.ts'

/** Client, worker, bundle and replayer must all load this one. */
export const payloadConverterPath: string = fileURLToPath(new URL('./converter.ts', import.meta.url))

/** The folder of large payloads where nothing else is said: below TRIBUTARY_HOME, or .tributary of where the process runs. */
export const defaultBlobs = (): BlobStore => fileBlobs(join(process.env['TRIBUTARY_HOME'] ?? '.tributary', 'payloads'))

/** For every Client and Worker that touches a durable graph, of one system the same blobs. */
export function graphDataConverter(blobs: BlobStore = defaultBlobs()): DataConverter {
  return { payloadConverterPath, payloadCodecs: [blobCodec(blobs)] }
}
