import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'

const seconds = (standard: number) => z.coerce.number().positive().max(3_600).default(standard)

const variables = z.object({
  SERVE_BASE_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '').replace(/\/v1$/, '')),
  SERVE_BASE_MODEL: z.string().min(1).max(200),
  SERVE_BASE_REVISION: z.string().min(6).max(200),
  SERVE_DTYPE: z.string().min(1).max(40),
  SERVE_ADAPTER_DIR: z.string().min(1),
  SERVE_ADAPTER_DIR_THERE: z.string().min(1).optional(),
  SERVE_API_KEY: z.string().min(1).optional(),
  SERVE_RESIDENT: z.coerce.number().int().min(1).max(100_000).default(64),
  SERVE_REQUESTS: z.coerce.number().int().min(1).max(100_000).default(256),
  SERVE_SILENCE_S: seconds(60),
  SERVE_TIMEOUT_S: seconds(600),
})

export type ServeConfig = {
  /** Without /v1. */
  url: string
  /** The name under which the engine serves the base model. */
  base: string
  /** Which weights that is: the digest of our base folder, or of the file that it was made from. */
  baseRevision: string
  dtype: string
  /** Where adapters are written, and where the engine finds the same folder. */
  adapterDir: string
  adapterDirThere: string
  apiKey?: string
  /** Adapters that the engine holds for us at once, at most. */
  resident: number
  /** Answers that are asked of it at once, at most. */
  requests: number
  /** How long it may say nothing, and how long an answer may take. */
  silenceMs: number
  timeoutMs: number
}

/**
 * Where another engine answers, from SERVE_*; undefined where SERVE_BASE_URL is not set.
 * Throws models/serve-config with the variables that are wrong or missing.
 */
export function serveConfig(env: NodeJS.ProcessEnv = process.env): ServeConfig | undefined {
  if (!env['SERVE_BASE_URL']) return undefined
  const parsed = variables.safeParse(env)
  if (!parsed.success) {
    throw new TributaryError('The settings of the serving engine cannot be used.', {
      code: 'models/serve-config',
      // Names and what is wrong with them; a value may be a key.
      facts: { wrong: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) },
      tryThis: 'set what docs/serving.md lists for another engine, or unset SERVE_BASE_URL to answer here',
    })
  }
  const set = parsed.data
  return {
    url: set.SERVE_BASE_URL,
    base: set.SERVE_BASE_MODEL,
    baseRevision: set.SERVE_BASE_REVISION,
    dtype: set.SERVE_DTYPE,
    adapterDir: set.SERVE_ADAPTER_DIR,
    adapterDirThere: set.SERVE_ADAPTER_DIR_THERE ?? set.SERVE_ADAPTER_DIR,
    ...(set.SERVE_API_KEY === undefined ? {} : { apiKey: set.SERVE_API_KEY }),
    resident: set.SERVE_RESIDENT,
    requests: set.SERVE_REQUESTS,
    silenceMs: set.SERVE_SILENCE_S * 1000,
    timeoutMs: set.SERVE_TIMEOUT_S * 1000,
  }
}
