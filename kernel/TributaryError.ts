/** Facts are shown to people and machines: small, JSON-safe, never a key, prompt or sample. */
export type Facts = Record<string, string | number | boolean | null | readonly (string | number)[]>

export type ErrorDetails = {
  /** `room/what`, stable: callers match on it and nothing else. */
  code: `${string}/${string}`
  facts?: Facts
  /** The next step a person can take. */
  tryThis?: string
  /** Whether the same call can succeed later without a change. */
  retry?: boolean
  cause?: unknown
}

/** The one error of this project: a code, the facts, the next step, and whether a retry can help. */
export class TributaryError extends Error {
  readonly code: string
  readonly facts: Facts
  readonly tryThis: string | undefined
  readonly retry: boolean

  constructor(message: string, { code, facts = {}, tryThis, retry = false, cause }: ErrorDetails) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'TributaryError'
    this.code = code
    this.facts = facts
    this.tryThis = tryThis
    this.retry = retry
  }

  /** The wire form: HTTP bodies, MCP errors, Temporal failure details and `--json` all use it. */
  toJSON(): { code: string; message: string; facts: Facts; tryThis?: string; retry: boolean } {
    return {
      code: this.code,
      message: this.message,
      facts: this.facts,
      ...(this.tryThis === undefined ? {} : { tryThis: this.tryThis }),
      retry: this.retry,
    }
  }
}
