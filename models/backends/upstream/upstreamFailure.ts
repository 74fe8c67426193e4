import { TributaryError } from '../../../kernel/index.ts'
import type { Refusal } from '../engineFailure.ts'

/**
 * What an upstream said instead of an answer: models/busy for 429 and 503, models/upstream-failed for its other faults (both can be
 * tried again), models/upstream-key where it wants another key, models/upstream-refused for what it will not do. Its own words may
 * quote the prompt or the key, so that they stay here.
 */
export function upstreamRefused({ status, type, retryAfterSeconds }: Refusal, origin: string): TributaryError {
  const facts = { upstream: origin, status, type: type.slice(0, 60) }
  if (status === 429 || status === 503) {
    return new TributaryError('The upstream has no room for another answer now.', {
      code: 'models/busy',
      facts: { ...facts, retryAfterSeconds: retryAfterSeconds ?? 2 },
      tryThis: 'ask again after the time that retryAfterSeconds says, with the same payment',
      retry: true,
    })
  }
  if (status === 401 || status === 403) {
    return new TributaryError('The upstream does not accept the key.', {
      code: 'models/upstream-key',
      facts,
      tryThis: 'the operator sets the variable that the model’s card names, and starts again',
    })
  }
  if (status >= 500) {
    return new TributaryError('The upstream failed.', {
      code: 'models/upstream-failed',
      facts,
      tryThis: 'ask again with the same payment: nothing was delivered',
      retry: true,
    })
  }
  return new TributaryError('The upstream refused what it was asked.', {
    code: 'models/upstream-refused',
    facts,
    tryThis: 'ask for less: fewer tokens, a shorter prompt, no schema; or compare the model’s name there with its card',
  })
}

/** Nobody listens, the line broke, or it took too long. */
export function upstreamUnreachable(
  cause: unknown,
  { origin, timeoutMs }: { origin: string; timeoutMs: number },
): TributaryError {
  const timedOut = cause instanceof Error && (cause.name === 'TimeoutError' || cause.name === 'AbortError')
  if (timedOut) {
    return new TributaryError('The upstream did not answer in time.', {
      code: 'models/upstream-timeout',
      facts: { upstream: origin, timeoutMs },
      tryThis: 'ask again with the same payment, or for a shorter answer',
      retry: true,
    })
  }
  const { cause: inner } = cause as { cause?: { code?: unknown } }
  return new TributaryError('The upstream does not answer.', {
    code: 'models/upstream-unreachable',
    facts: { upstream: origin, reason: typeof inner?.code === 'string' ? inner.code : 'unknown' },
    tryThis: 'ask again with the same payment; the operator looks whether the address of the card still holds',
    retry: true,
  })
}

/** It answered, and not as OpenAI's protocol has it. */
export function upstreamContract(origin: string, wrong: readonly string[]): TributaryError {
  return new TributaryError('The upstream does not speak OpenAI’s chat protocol.', {
    code: 'models/upstream-contract',
    facts: { upstream: origin, wrong: wrong.slice(0, 5) },
    tryThis: 'the operator compares the address of the card with the upstream’s documentation',
  })
}

/** The card names a variable that is not set. */
export function noUpstreamKey(variable: string): TributaryError {
  return new TributaryError('The key of the upstream is not set.', {
    code: 'models/upstream-key',
    facts: { variable },
    tryThis: 'set the variable in the environment of the gateway and start it again',
  })
}
