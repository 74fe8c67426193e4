import type { MiddlewareHandler } from 'hono'
import { TributaryError } from '../../kernel/index.ts'

/**
 * Refuses a body past the limit, whether its length is announced or not. Most clients look for an answer only when all is
 * sent, so some more is read and dropped before they get one: else they would see a closed connection.
 * Throws tools/too-large.
 */
export function limitBody(limitBytes = 4 * 2 ** 20): MiddlewareHandler {
  const refuse = async (reader: Reader): Promise<never> => {
    await read(reader, 4 * limitBytes)
    throw new TributaryError('The body of the request is too large.', {
      code: 'tools/too-large',
      facts: { limitBytes },
      tryThis: 'send less in one call',
    })
  }
  return async (c, next) => {
    const { raw } = c.req
    if (raw.body === null) return next()
    const announced = raw.headers.has('transfer-encoding')
      ? Number.NaN
      : Number(raw.headers.get('content-length') ?? Number.NaN)
    // Node holds a client to the length that it announced.
    if (announced <= limitBytes) return next()
    const reader = raw.body.getReader()
    if (announced > limitBytes) return refuse(reader)
    const { parts, isWhole } = await read(reader, limitBytes)
    if (!isWhole) return refuse(reader)
    const { method, headers, signal } = raw
    c.req.raw = new Request(raw.url, { method, headers, signal, body: new Blob(parts) })
    return next()
  }
}

type Reader = { read: () => Promise<{ done: boolean; value?: Uint8Array<ArrayBuffer> | undefined }> }

/** Reads to the end, or until there is more than `most`. */
async function read(reader: Reader, most: number): Promise<{ parts: Uint8Array<ArrayBuffer>[]; isWhole: boolean }> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  for (let bytes = 0; bytes <= most;) {
    const { done, value } = await reader.read()
    if (done || value === undefined) return { parts, isWhole: true }
    bytes += value.length
    parts.push(value)
  }
  return { parts, isWhole: false }
}
