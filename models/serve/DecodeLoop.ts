import { Tensor, type InferenceSession } from 'onnxruntime-node'
import type { Digest } from '../../kernel/index.ts'
import type { AdapterLayout } from '../adapters/AdapterLayout.ts'
import { stackAdapters } from '../adapters/stackAdapters.ts'
import type { KeyValueCache } from './KeyValueCache.ts'
import { sampleToken, type Sampling } from './sampleToken.ts'
import { seededUniform } from './seededUniform.ts'

export type Job = Sampling & {
  id: number
  promptIds: Int32Array
  /** Absent: the base model. */
  adapter?: Digest
  maxTokens: number
  seed: number
  eos: number
}
export type FinishReason = 'stop' | 'length' | 'cancelled'
export type DecodeEvents = {
  token: (id: number, token: number) => void
  finish: (id: number, reason: FinishReason) => void
  fail: (id: number, error: unknown) => void
}
export type DecodeParts = {
  session: InferenceSession
  cache: KeyValueCache
  layout: AdapterLayout
  adapters: ReadonlyMap<Digest, Float32Array>
  events: DecodeEvents
}

/** One row in decoding. `length` tokens of it are in the cache; `next` is drawn but not yet fed. */
type Row = { job: Job; length: number; next: number; produced: number; uniform: () => number }

/**
 * Decodes many answers at once, each row with its own adapter, length, seed and end. First come, first served; a
 * waiting job enters as soon as a row is free: its prompt alone (b = 1), then the next step of all rows together.
 * A row's tokens do not depend on its neighbours.
 */
export class DecodeLoop {
  readonly #parts: DecodeParts
  readonly #waiting: Job[] = []
  readonly #rows: Row[] = []
  readonly #cancelled = new Set<number>()
  #stack: { digests: (Digest | undefined)[]; inputs: Record<string, Tensor> }
  #running = false

  constructor(parts: DecodeParts) {
    this.#parts = parts
    this.#stack = this.#stackOf([])
  }

  submit(job: Job): void {
    this.#waiting.push(job)
    if (!this.#running) void this.#run()
  }

  cancel(id: number): void {
    if (this.#waiting.some((job) => job.id === id) || this.#rows.some((row) => row.job.id === id))
      this.#cancelled.add(id)
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.length + this.#rows.length > 0) {
      this.#dropCancelled()
      const job = this.#rows.length < this.#parts.cache.rows ? this.#waiting.shift() : undefined
      if (job) await this.#prefill(job).catch((error: unknown) => this.#parts.events.fail(job.id, error))
      if (this.#rows.length > 0) await this.#step().catch((error: unknown) => this.#failAll(error))
    }
    this.#running = false
  }

  async #prefill(job: Job): Promise<void> {
    const length = job.promptIds.length
    this.#select([...this.#rows.map((row) => row.job.adapter), job.adapter])
    const row: Row = { job, length: 0, next: -1, produced: 0, uniform: seededUniform(`sample ${job.seed}`) }
    const logits = await this.#forward([row], job.promptIds, length, this.#rows.length)
    row.length = length
    if (this.#draw(row, logits)) this.#rows.push(row)
  }

  async #step(): Promise<void> {
    this.#select(this.#rows.map((row) => row.job.adapter))
    const logits = await this.#forward(
      this.#rows,
      Int32Array.from(this.#rows, (row) => row.next),
      1,
      0,
    )
    const vocabulary = logits.length / this.#rows.length
    const going = this.#rows.map((row, i) => {
      row.length++
      return this.#draw(row, logits.subarray(i * vocabulary, (i + 1) * vocabulary))
    })
    for (let i = going.length - 1; i >= 0; i--) if (!going[i]) this.#remove(i)
  }

  /** Runs `tokens` [rows, chunk] on the cache rows from `first` on; logits [rows, vocabulary] after each last token. */
  async #forward(rows: readonly Row[], tokens: Int32Array, chunk: number, first: number): Promise<Float32Array> {
    const { session, cache } = this.#parts
    const count = rows.length
    const lengths = rows.map((row) => row.length + chunk)
    const longest = Math.max(...lengths, ...this.#rows.map((row) => row.length + 1))
    cache.fit(longest, this.#rows.length)
    const { past, present } = cache.tensors(first, count)
    const adapterIndexes = rows.map((row) => this.#stack.digests.indexOf(row.job.adapter))
    const { logits } = await session.run(
      {
        ...past,
        ...this.#stack.inputs,
        input_ids: new Tensor('int64', BigInt64Array.from(tokens, BigInt), [count, chunk]),
        seqlens_k: new Tensor(
          'int32',
          Int32Array.from(lengths, (length) => length - 1),
          [count],
        ),
        total_sequence_length: new Tensor('int32', Int32Array.of(Math.max(...lengths)), [1]),
        last: new Tensor('int64', new BigInt64Array(count).fill(BigInt(chunk - 1)), [count, 1]),
        adapter_idx: new Tensor('int64', BigInt64Array.from(adapterIndexes, BigInt), [count]),
      },
      { logits: null, ...present },
    )
    const data = (logits!.data as Float32Array).slice()
    logits!.dispose()
    return data
  }

  /** Draws the row's next token; false when the answer is over. */
  #draw(row: Row, logits: Float32Array): boolean {
    const { events } = this.#parts
    row.next = sampleToken(logits, row.job, row.uniform())
    if (row.next === row.job.eos) {
      events.finish(row.job.id, 'stop')
      return false
    }
    row.produced++
    events.token(row.job.id, row.next)
    if (row.produced < row.job.maxTokens) return true
    events.finish(row.job.id, 'length')
    return false
  }

  #dropCancelled(): void {
    for (const id of this.#cancelled) {
      const waiting = this.#waiting.findIndex((job) => job.id === id)
      const active = this.#rows.findIndex((row) => row.job.id === id)
      if (waiting >= 0) this.#waiting.splice(waiting, 1)
      if (active >= 0) this.#remove(active)
      if (waiting >= 0 || active >= 0) this.#parts.events.finish(id, 'cancelled')
    }
    this.#cancelled.clear()
  }

  // The last row moves into the gap, so that the rows in decoding are always the first of the cache.
  #remove(index: number): void {
    const last = this.#rows.pop()!
    if (index === this.#rows.length) return
    this.#parts.cache.copyRow(this.#rows.length, index, last.length)
    this.#rows[index] = last
  }

  #select(wanted: readonly (Digest | undefined)[]): void {
    if (wanted.every((digest) => this.#stack.digests.includes(digest))) return
    this.#stack = this.#stackOf([...new Set(wanted)])
  }

  /** Place 0 holds zeros: the base model. */
  #stackOf(wanted: readonly (Digest | undefined)[]): {
    digests: (Digest | undefined)[]
    inputs: Record<string, Tensor>
  } {
    const { layout, adapters } = this.#parts
    const digests = [undefined, ...wanted.filter((digest) => digest !== undefined)]
    const zeros = new Float32Array(layout.length)
    const thetas = digests.map((digest) => (digest === undefined ? zeros : adapters.get(digest)) ?? unknown(digest))
    return { digests, inputs: stackAdapters(layout, thetas) }
  }

  #failAll(error: unknown): void {
    for (const row of this.#rows.splice(0)) this.#parts.events.fail(row.job.id, error)
  }
}

function unknown(digest: Digest | undefined): never {
  throw new Error(`adapter ${digest} left the engine while it was in use`)
}
