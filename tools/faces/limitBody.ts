import { bodyLimit } from 'hono/body-limit'
import type { Context, MiddlewareHandler } from 'hono'
import { TributaryError } from '../../kernel/index.ts'

/** Refuses a body past the limit while it arrives, said or not said in Content-Length. Throws tools/too-large. */
export function limitBody(limitBytes = 4 * 2 ** 20): MiddlewareHandler {
  const onError = async (c: Context): Promise<never> => {
    await discard(c.req.raw.body, 4 * limitBytes)
    throw new TributaryError('The body of the request is too large.', {
      code: 'tools/too-large',
      facts: { limitBytes },
      tryThis: 'send less in one call',
    })
  }
  return bodyLimit({ maxSize: limitBytes, onError })
}

/** Most clients look for an answer only when all is sent: without this they would see a closed connection instead. */
async function discard(body: ReadableStream<Uint8Array> | null, mostBytes: number): Promise<void> {
  if (body === null || body.locked) return
  const reader = body.getReader()
  for (let bytes = 0; bytes < mostBytes;) {
    const { done, value } = await reader.read()
    if (done) return
    bytes += value.length
  }
}
