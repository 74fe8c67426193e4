import type { Duplex } from 'node:stream'
import { TributaryError } from '../kernel/index.ts'

/**
 * What Node's parser refuses before any route sees it (headers too large or too slow, or no HTTP at all), as a coded
 * error on the bare socket: a client that sends nonsense learns which.
 */
export function answerClientError(failure: Error, socket: Duplex): void {
  if (!socket.writable || (failure as NodeJS.ErrnoException).code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const { status, error } = describe((failure as NodeJS.ErrnoException).code)
  const body = JSON.stringify({ error: error.toJSON() })
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function describe(code = 'unknown'): { status: string; error: TributaryError } {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const error = new TributaryError('The headers of the request are too large.', {
      code: 'gateway/headers-too-large',
      tryThis: 'a payment of x402 v2 is about 1 KB: send nothing else in the headers',
    })
    return { status: '431 Request Header Fields Too Large', error }
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const error = new TributaryError('The request came too slowly.', {
      code: 'gateway/too-slow',
      tryThis: 'send it again, in one go',
      retry: true,
    })
    return { status: '408 Request Timeout', error }
  }
  const error = new TributaryError('This is no HTTP request that can be read.', {
    code: 'gateway/not-http',
    facts: { reason: code },
    tryThis: 'use an HTTP/1.1 client',
  })
  return { status: '400 Bad Request', error }
}
