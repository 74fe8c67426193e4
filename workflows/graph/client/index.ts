// Starts graphs and follows them, from any Node process. No native code.
export { createClient, type ClientOptions, type GraphClient, type RunId } from './createClient.ts'
export { fileBlobs } from '../payload/fileBlobs.ts'
export { graphDataConverter } from '../payload/graphDataConverter.ts'
export type { BlobStore } from '../payload/blobStore.ts'
