import type { Payload } from '@temporalio/common'
import { blobCodec, isBlob } from '../payload/blobCodec.ts'
import type { BlobStore } from '../payload/blobStore.ts'

/** A history in which every large payload lies itself, checked, in place of its digest: for keeping it without its blobs. */
export async function inlineHistory<History>(history: History, blobs: BlobStore): Promise<History> {
  const codec = blobCodec(blobs)
  const inline = async (value: unknown): Promise<unknown> => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
    if (isPayload(value) && isBlob(value)) return (await codec.decode([value]))[0]
    if (Array.isArray(value)) return Promise.all(value.map(inline))
    const inner = await Promise.all(
      Object.entries(value).map(async ([key, item]) => [key, await inline(item)] as const),
    )
    // What holds no payload stays what it is, with its class (a Long, a Timestamp).
    if (inner.every(([key, item]) => item === (value as Record<string, unknown>)[key])) return value
    return Object.assign(
      Object.create(Object.getPrototypeOf(value) as object) as object,
      value,
      Object.fromEntries(inner),
    )
  }
  return (await inline(history)) as History
}

const isPayload = (value: object): value is Payload => 'metadata' in value && 'data' in value
