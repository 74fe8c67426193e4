import type { Digest } from '../../kernel/index.ts'
import type { AnswerText } from './AnswerText.ts'
import type { Decoder, DecodeRow } from './Decoder.ts'
import { FairQueue } from './FairQueue.ts'
import { tokenLogprob, type TokenLogprob } from './logprobs.ts'
import { sampleToken, type Sampling } from './sampleToken.ts'
import type { Constraint } from '../schema/Constraint.ts'
import { seededUniform } from './seededUniform.ts'

export type Job = Sampling & {
  id: number
  /** Whose share of the engine it takes. */
  payer: string
  promptIds: Int32Array
  /** Absent: the base model. */
  adapter?: Digest
  maxTokens: number
  seed: number
  eos: number
  /** Present: the log-probability of each token is told, with those of so many likeliest. */
  topLogprobs?: number
  /** Watches for stop strings. */
  text?: AnswerText
  /** Lets through what a schema allows next. */
  constraint?: Constraint
}
export type FinishReason = 'stop' | 'length' | 'cancelled'
export type SchedulerEvents = {
  /** It has a row. */
  start: (id: number) => void
  token: (id: number, token: number, logprob?: TokenLogprob) => void
  finish: (id: number, reason: FinishReason) => void
  fail: (id: number, error: unknown) => void
}

type DecoderPort = Pick<Decoder, 'free' | 'admit' | 'prefill' | 'step' | 'release'>

/** An answer with a row. `next` is drawn but not yet fed. */
type Active = { job: Job; row: DecodeRow; next: number; produced: number; uniform: () => number }

/**
 * Continuous batching: answers join and leave between two steps. Between two steps of the rows in decoding at most one
 * chunk of one prompt is computed, in turns over the prompts that are not in yet, so a long prompt holds up nobody. Who gets a free row is
 * FairQueue's choice. What a row draws depends on its own job alone.
 */
export class Scheduler {
  readonly #decoder: DecoderPort
  readonly #events: SchedulerEvents
  readonly #queue = new FairQueue<Job>()
  /** All that have a row, by the id of their job. */
  readonly #active = new Map<number, Active>()
  /** Prompts that are not in yet, the next one in turn first. */
  readonly #entering: Active[] = []
  /** Rows with a token to feed. */
  readonly #decoding: Active[] = []
  readonly #cancelled = new Set<Active>()
  #isRunning = false

  constructor(decoder: DecoderPort, events: SchedulerEvents) {
    this.#decoder = decoder
    this.#events = events
  }

  get waiting(): number {
    return this.#queue.size
  }

  get running(): number {
    return this.#active.size
  }

  submit(job: Job): void {
    this.#queue.push(job)
    if (!this.#isRunning) void this.#run()
  }

  /** Ends a job wherever it is. Its row is free as soon as the run of the decoder that is under way is over. */
  cancel(id: number): void {
    const waiting = this.#queue.remove((job) => job.id === id)
    const active = this.#active.get(id)
    if (active && !this.#cancelled.has(active)) this.#cancelled.add(active)
    else if (!waiting) return
    this.#events.finish(id, 'cancelled')
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.waiting + this.running > 0) {
      this.#dropCancelled()
      this.#admit()
      await this.#prefill()
      this.#dropCancelled()
      await this.#step()
    }
    this.#isRunning = false
  }

  #admit(): void {
    while (this.#decoder.free > 0) {
      const job = this.#queue.take()
      if (!job) return
      try {
        const row = this.#decoder.admit(job)
        const uniform = seededUniform(`sample ${job.seed}`)
        const active = { job, row, next: -1, produced: 0, uniform }
        this.#active.set(job.id, active)
        this.#entering.push(active)
        this.#events.start(job.id)
      } catch (error) {
        this.#events.fail(job.id, error)
      }
    }
  }

  /** One chunk of the prompt whose turn it is. */
  async #prefill(): Promise<void> {
    const [active] = this.#entering
    if (!active) return
    const found = await this.#decoder.prefill(active.row).catch(asError)
    this.#entering.shift()
    if (found === undefined) this.#entering.push(active)
    else this.#settle(active, found)
  }

  async #step(): Promise<void> {
    if (this.#decoding.length === 0) return
    const rows = [...this.#decoding]
    const found = await this.#decoder
      .step(rows.map(({ row, next }) => ({ row, token: next })))
      .catch((error: unknown) => rows.map(() => asError(error)))
    this.#decoding.length = 0
    for (const [i, active] of rows.entries()) this.#settle(active, found[i]!)
  }

  /** Draws a row's next token: it goes on in decoding, or the answer is over. */
  #settle(active: Active, found: Float32Array | Error): void {
    if (this.#cancelled.has(active)) return
    try {
      if (found instanceof Error) throw found
      this.#draw(active, found)
    } catch (error) {
      this.#release(active)
      this.#events.fail(active.job.id, error)
    }
  }

  #draw(active: Active, logits: Float32Array): void {
    const { job, uniform } = active
    const { id, topLogprobs, text, constraint } = job
    const next = sampleToken(constraint ? constraint.mask(logits) : logits, job, uniform())
    if (next === job.eos) {
      this.#finish(active, 'stop')
      return
    }
    active.next = next
    active.produced++
    this.#queue.charge(job.payer, 1)
    constraint?.accept(next)
    text?.push(next)
    this.#events.token(id, next, topLogprobs === undefined ? undefined : tokenLogprob(logits, next, topLogprobs))
    if (this.#cancelled.has(active)) return
    if (text?.isStopped) this.#finish(active, 'stop')
    else if (active.produced === job.maxTokens) this.#finish(active, 'length')
    else this.#decoding.push(active)
  }

  #finish(active: Active, reason: FinishReason): void {
    this.#release(active)
    this.#events.finish(active.job.id, reason)
  }

  // The decoder is at rest: this is where rows of cancelled jobs can be given back.
  #dropCancelled(): void {
    for (const active of this.#cancelled) {
      remove(this.#entering, active)
      remove(this.#decoding, active)
      this.#release(active)
    }
    this.#cancelled.clear()
  }

  #release({ job, row }: Active): void {
    this.#active.delete(job.id)
    this.#decoder.release(row)
  }
}

function remove<T>(list: T[], item: T): void {
  const at = list.indexOf(item)
  if (at >= 0) list.splice(at, 1)
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
