import { findError, TributaryError } from '../kernel/index.ts'
import type { Logger } from '../logging/index.ts'

/** HTTP status of a coded error: by code where a protocol fixes it, else 400, or 503 where a retry can help. */
const statusOf: Record<string, number> = {
  'gateway/not-found': 404,
  'gateway/no-training': 404,
  'gateway/method': 405,
  'gateway/operator-only': 401,
  'gateway/foreign-origin': 403,
  'gateway/erased': 410,
  'models/unknown-model': 404,
  'models/unknown-adapter': 404,
  'store/not-found': 404,
  'store/effect-conflict': 409,
  'payment/replayed': 409,
  'tools/unknown': 404,
  'tools/too-large': 413,
  'tools/output': 500,
}

/** Any failure as a response: a coded error with its facts, or a plain 500 that gives nothing away and is logged. */
export function errorResponse(failure: unknown, log: Logger): Response {
  const coded = findError(failure)
  if (!coded) log.error({ err: failure }, 'request failed')
  const error =
    coded ??
    new TributaryError('The server failed in a way it did not foresee.', {
      code: 'gateway/internal',
      tryThis: 'try again; if it stays, look at the log of the server',
      retry: true,
    })
  const status = coded ? (statusOf[error.code] ?? (error.retry ? 503 : 400)) : 500
  return Response.json({ error: error.toJSON() }, { status, headers: error.retry ? { 'retry-after': '2' } : {} })
}
