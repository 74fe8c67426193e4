import type { Payload, PayloadCodec } from '@temporalio/common'
import { digestBytes, TributaryError, type Digest } from '../../../kernel/index.ts'
import type { BlobStore } from './blobStore.ts'

const encoding = 'tributary/blob'
const text = new TextEncoder()
const read = new TextDecoder()

/** Larger payloads go to the blob store. Temporal itself takes 2 MB each, and 50 MB a history. */
export const largestInlineBytes: number = 256 * 1024

/**
 * A codec of Temporal's, run outside of the sandbox: a payload over `largestInlineBytes` is stored, and its digest takes
 * its place; what comes back is checked. The metadata stays, so a payload says in the history what it was and how large.
 * Throws graph/blob-differs, and what the store throws.
 */
export function blobCodec(blobs: BlobStore): PayloadCodec {
  return {
    encode: (payloads) =>
      Promise.all(
        payloads.map(async (payload) => {
          const { data, metadata } = payload
          if (!data || data.length <= largestInlineBytes) return payload
          const digest = await blobs.put(data)
          const was = Object.entries(metadata ?? {}).map(([key, value]) => [`of:${key}`, value] as const)
          return {
            metadata: {
              ...Object.fromEntries(was),
              encoding: text.encode(encoding),
              bytes: text.encode(String(data.length)),
            },
            data: text.encode(digest),
          }
        }),
      ),
    decode: (payloads) =>
      Promise.all(payloads.map(async (payload) => (isBlob(payload) ? inline(payload, blobs) : payload))),
  }
}

export function isBlob(payload: Payload): boolean {
  const { metadata } = payload
  const found = metadata?.['encoding']
  return found instanceof Uint8Array && read.decode(found) === encoding
}

async function inline(payload: Payload, blobs: BlobStore): Promise<Payload> {
  const digest = read.decode(payload.data ?? undefined) as Digest
  const data = await blobs.get(digest)
  if (digestBytes(data) !== digest) {
    throw new TributaryError('A stored payload does not have the bytes that its digest promises.', {
      code: 'graph/blob-differs',
      facts: { digest, foundDigest: digestBytes(data), bytes: data.length },
      tryThis: 'restore the blob from a backup: the history goes on from there',
      retry: true,
    })
  }
  const metadata = Object.entries(payload.metadata ?? {}).flatMap(([key, value]) =>
    key.startsWith('of:') ? [[key.slice(3), value] as const] : [],
  )
  return { metadata: Object.fromEntries(metadata), data }
}
