import { TributaryError } from '../../kernel/index.ts'

export type AdmissionBounds = {
  /** Requests that wait or are in decoding, at most. */
  requests: number
  /** Tokens of prompts and answers that they may still need, at most. */
  tokens: number
}

export type Wanted = {
  /** Who pays; requests without one are the operator's own, who may take all of the room. */
  payer?: string
  promptTokens: number
  maxTokens: number
  /** It was paid or promised already: it is let in whatever the bounds say. */
  owed?: boolean
}

/** Room that is kept for one request, from before it is paid until it is answered. */
export type Place = {
  /** Gives the room back; a second call does nothing. */
  release(): void
  /** Notes tokens that were computed for it. */
  done(tokens: number): void
}

export type Progress = {
  /** Requests that were let in and are not over: paid for, waiting or in decoding. */
  open: number
  /** Tokens of prompts and answers that they may still need. */
  openTokens: number
  /** Tokens of prompts and answers computed in a second of work, lately. */
  tokensPerSecond: number
}

/** Nothing measured yet: one row of the default model on one thread. */
const assumedTokensPerSecond = 40
const windowMs = 10_000

/**
 * Who is let in, decided before anything is paid. One payer takes at most half of the room, so that the other half stays
 * for the others. Over a bound: models/busy with `retryAfterSeconds`, the time in which the work that stands in the way
 * is done at the rate that was measured lately.
 */
export class Admission {
  readonly #bounds: AdmissionBounds
  readonly #now: () => number
  readonly #open = new Map<symbol, { payer: string | undefined; tokens: number }>()
  #work: { fromMs: number; tokens: number } | undefined
  #rate = 0

  constructor(bounds: AdmissionBounds, now: () => number = () => performance.now()) {
    this.#bounds = bounds
    this.#now = now
  }

  get progress(): Progress {
    return {
      open: this.#open.size,
      openTokens: sumTokens([...this.#open.values()]),
      tokensPerSecond: Math.round(10 * this.#measured()) / 10,
    }
  }

  /** Throws models/busy. */
  admit({ payer, promptTokens, maxTokens, owed = false }: Wanted): Place {
    const tokens = promptTokens + maxTokens
    if (!owed) this.#check(payer, tokens)
    if (this.#open.size === 0) this.#work = { fromMs: this.#now(), tokens: 0 }
    const key = Symbol('place')
    const own = { payer, tokens }
    this.#open.set(key, own)
    return {
      release: () => {
        this.#open.delete(key)
        if (this.#open.size === 0) this.#close()
      },
      done: (made) => {
        own.tokens = Math.max(0, own.tokens - made)
        this.#note(made)
      },
    }
  }

  #check(payer: string | undefined, tokens: number): void {
    const all = [...this.#open.values()]
    const its = payer === undefined ? [] : all.filter((one) => one.payer === payer)
    const { requests, tokens: most } = this.#bounds
    const over = (waiting: { tokens: number }[], share: number): number | undefined => {
      const total = sumTokens(waiting)
      // A request that is alone is let in whatever its size: waiting would not make it smaller.
      if (waiting.length === 0) return undefined
      if (total + tokens > most * share) return total + tokens - most * share
      return waiting.length + 1 > requests * share ? total / waiting.length : undefined
    }
    const inTheWay = over(all, 1) ?? over(its, 1 / 2)
    if (inTheWay === undefined) return
    const rate = this.#measured() || assumedTokensPerSecond
    throw new TributaryError('The engine has as many requests as it can answer in good time.', {
      code: 'models/busy',
      facts: {
        open: all.length,
        ofThisPayer: its.length,
        openTokens: sumTokens(all),
        retryAfterSeconds: Math.min(600, Math.max(1, Math.ceil(inTheWay / rate))),
      },
      tryThis:
        'ask again after so many seconds; nothing was charged, and a payment that was signed stays good until it expires',
      retry: true,
    })
  }

  /** Over the window that is open, and before it is long enough, over the one before. */
  #measured(): number {
    const rate = this.#ofWindow()
    return rate ?? this.#rate
  }

  #ofWindow(): number | undefined {
    if (!this.#work) return undefined
    const ms = this.#now() - this.#work.fromMs
    return ms >= windowMs / 10 && this.#work.tokens > 0 ? (1_000 * this.#work.tokens) / ms : undefined
  }

  #note(tokens: number): void {
    if (!this.#work) return
    this.#work.tokens += tokens
    if (this.#now() - this.#work.fromMs < windowMs) return
    this.#close()
    this.#work = { fromMs: this.#now(), tokens: 0 }
  }

  // Time in which nobody asked says nothing about the rate.
  #close(): void {
    this.#rate = this.#ofWindow() ?? this.#rate
    this.#work = undefined
  }
}

function sumTokens(all: readonly { tokens: number }[]): number {
  return all.reduce((sum, { tokens }) => sum + tokens, 0)
}
