import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'

const errorBody = z.object({ error: z.object({ message: z.string(), type: z.string().optional() }) })

/** What an engine said instead of an answer. Its message is kept short, and only where it is about the adapter or the limits. */
export type Refusal = { status: number; type: string; message: string; retryAfterSeconds: number | undefined }

export async function refusalOf(response: Response): Promise<Refusal> {
  const text = await response.text().catch(() => '')
  const parsed = errorBody.safeParse(parseJson(text))
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return {
    status: response.status,
    type: parsed.data?.error.type ?? 'unknown',
    message: parsed.data?.error.message ?? '',
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
  }
}

/**
 * A refusal as an error of ours: models/busy for 429 and 503, models/serve-failed for other faults of the engine (both
 * can be tried again), models/serve-refused for what it will not do.
 */
export function engineRefused({ status, type, retryAfterSeconds }: Refusal, during: string): TributaryError {
  // The engine's own message may quote the prompt: status and type say enough.
  const facts = { during, status, type: type.slice(0, 60) }
  if (status === 429 || status === 503) {
    return new TributaryError('The serving engine has no room for another answer now.', {
      code: 'models/busy',
      facts: { ...facts, retryAfterSeconds: retryAfterSeconds ?? 2 },
      tryThis: 'ask again after the time that retryAfterSeconds says',
      retry: true,
    })
  }
  if (status >= 500) {
    return new TributaryError('The serving engine failed.', {
      code: 'models/serve-failed',
      facts,
      tryThis: 'ask again; look at the log of the engine if it stays',
      retry: true,
    })
  }
  return new TributaryError('The serving engine refused what it was asked.', {
    code: 'models/serve-refused',
    facts,
    tryThis:
      'compare the engine’s settings with docs/serving.md: adapters at run time, their rank, and the length of its context',
  })
}

/** No answer at all: nobody listens, the line broke, or it said nothing for too long. */
export function engineUnreachable(cause: unknown, { url, during }: { url: string; during: string }): TributaryError {
  return new TributaryError('The serving engine does not answer.', {
    code: 'models/serve-unreachable',
    facts: { url: withoutCredentials(url), during, reason: reasonOf(cause) },
    tryThis: 'check SERVE_BASE_URL and that the engine is up, then ask again',
    retry: true,
  })
}

/** The answer broke off before its end; what came of it is dropped. */
export function brokenOff(facts: { tokens: number; reason: string }): TributaryError {
  return new TributaryError('The serving engine broke its answer off.', {
    code: 'models/serve-broken-off',
    facts,
    tryThis: 'ask again with the same payment: nothing was delivered',
    retry: true,
  })
}

function reasonOf(failure: unknown): string {
  const { cause } = failure as { cause?: { code?: unknown; message?: unknown } }
  if (typeof cause?.code === 'string') return cause.code
  return failure instanceof Error ? failure.message.slice(0, 120) : 'unknown'
}

function withoutCredentials(url: string): string {
  const parsed = URL.parse(url)
  return parsed === null ? '' : parsed.origin
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // an error page of something in between
  }
}
