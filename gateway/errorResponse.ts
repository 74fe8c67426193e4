import { findError, TributaryError } from '../kernel/index.ts'
import type { Logger } from '../logging/index.ts'

/** HTTP status of a coded error: by code where a protocol fixes it, else 400, or 503 where a retry can help. */
const statusOf: Record<string, number> = {
  'gateway/not-found': 404,
  'gateway/no-training': 404,
  'gateway/not-published': 404,
  'gateway/method': 405,
  'gateway/operator-only': 401,
  'gateway/foreign-origin': 403,
  'gateway/erased': 410,
  'approval/required': 403,
  'approval/denied': 403,
  'approval/own-word': 403,
  'curator/own-word': 403,
  'curator/no-review': 409,
  'approval/unknown': 404,
  'approval/changed': 409,
  'approval/decided': 409,
  'approval/expired': 410,
  'models/busy': 429,
  'models/unknown-model': 404,
  'models/unknown-adapter': 404,
  'store/not-found': 404,
  'store/effect-conflict': 409,
  'payment/replayed': 409,
  'payment/identifier-reused': 409,
  'payment/not-the-payer': 403,
  'tools/unknown': 404,
  'tools/too-large': 413,
  'tools/output': 500,
}

/** Any failure as a response: a coded error with its facts, or a plain 500 that gives nothing away and is logged. */
export function errorResponse(failure: unknown, log: Logger): Response {
  const error = codedError(failure, log)
  const status = error.code === 'gateway/internal' ? 500 : (statusOf[error.code] ?? (error.retry ? 503 : 400))
  const seconds = error.facts['retryAfterSeconds'] ?? 2
  return Response.json(
    { error: error.toJSON() },
    { status, headers: error.retry ? { 'retry-after': String(seconds) } : {} },
  )
}

/** What a client may know of a failure: what is coded, or that it was not foreseen; then it is logged. */
export function codedError(failure: unknown, log: Logger): TributaryError {
  const coded = findError(failure)
  if (coded) return coded
  log.error({ err: failure }, 'request failed')
  return new TributaryError('The server failed in a way it did not foresee.', {
    code: 'gateway/internal',
    tryThis: 'try again; if it stays, look at the log of the server',
    retry: true,
  })
}
