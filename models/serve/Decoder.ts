import { Tensor, type InferenceSession } from 'onnxruntime-node'
import type { Digest } from '../../kernel/index.ts'
import type { AdapterLayout } from '../adapters/AdapterLayout.ts'
import { stackAdapters } from '../adapters/stackAdapters.ts'
import type { KeyValueCache } from './KeyValueCache.ts'

export type DecodeRequest = { promptIds: Int32Array; adapter?: Digest }
export type DecoderParts = {
  session: InferenceSession
  cache: KeyValueCache
  layout: AdapterLayout
  adapters: ReadonlyMap<Digest, Float32Array>
}

/** One answer in decoding. `length` tokens of it, prompt included, are computed. */
export type DecodeRow = { readonly promptIds: Int32Array; readonly adapter: Digest | undefined; length: number }

/**
 * Computes the next token's logits of many rows, each with its own adapter and length. What to compute next, and which
 * token follows from logits, is the caller's: one call at a time. A row's bits do not depend on its neighbours.
 */
export class Decoder {
  readonly rows: number
  readonly #parts: DecoderParts
  readonly #admitted = new Set<DecodeRow>()
  /** Rows with tokens in the cache, by their place in it. */
  readonly #placed: DecodeRow[] = []
  #stack: { digests: (Digest | undefined)[]; inputs: Record<string, Tensor> }

  constructor(parts: DecoderParts) {
    this.#parts = parts
    this.rows = parts.cache.rows
    this.#stack = this.#stackOf([])
  }

  /** Rows that can still be admitted. */
  get free(): number {
    return this.rows - this.#admitted.size
  }

  /** Takes a row and pins its adapter; computes nothing. */
  admit({ promptIds, adapter }: DecodeRequest): DecodeRow {
    const row: DecodeRow = { promptIds, adapter, length: 0 }
    this.#admitted.add(row)
    return row
  }

  /** One chunk of the prompt; logits [vocabulary] once the prompt is in. */
  async prefill(row: DecodeRow): Promise<Float32Array | undefined> {
    this.#placed.push(row)
    const chunk = row.promptIds
    const [logits] = await this.#forward([row], chunk, chunk.length, this.#placed.length - 1)
    return logits
  }

  /** One token each, all together; logits [vocabulary] each, or why the row failed. */
  async step(rows: readonly { row: DecodeRow; token: number }[]): Promise<(Float32Array | Error)[]> {
    const places = rows.map(({ row }) => this.#placed.indexOf(row))
    const order = rows.map((_, i) => i).toSorted((a, b) => places[a]! - places[b]!)
    const found: (Float32Array | Error)[] = Array.from({ length: rows.length })
    for (let from = 0; from < order.length;) {
      let to = from + 1
      while (to < order.length && places[order[to]!] === places[order[from]!]! + to - from) to++
      const run = order.slice(from, to).map((i) => rows[i]!)
      const tokens = Int32Array.from(run, ({ token }) => token)
      const logits = await this.#forward(
        run.map(({ row }) => row),
        tokens,
        1,
        places[order[from]!]!,
      ).catch((error: unknown) => run.map(() => (error instanceof Error ? error : new Error(String(error)))))
      for (const [j, i] of order.slice(from, to).entries()) found[i] = logits[j]!
      from = to
    }
    return found
  }

  /** Frees the row at once and unpins its adapter. The last row moves into the gap. */
  release(row: DecodeRow): void {
    this.#admitted.delete(row)
    const index = this.#placed.indexOf(row)
    if (index < 0) return
    const last = this.#placed.pop()!
    if (index === this.#placed.length) return
    this.#parts.cache.copyRow(this.#placed.length, index, last.length)
    this.#placed[index] = last
  }

  /** Runs `tokens` [rows, chunk] on the places from `first` on; logits [vocabulary] after each last token. */
  async #forward(
    rows: readonly DecodeRow[],
    tokens: Int32Array,
    chunk: number,
    first: number,
  ): Promise<Float32Array[]> {
    const { session, cache } = this.#parts
    const count = rows.length
    this.#select(rows)
    const lengths = rows.map((row) => row.length + chunk)
    cache.fit(Math.max(...lengths, ...this.#placed.map((row) => row.length + 1)), this.#placed.length)
    const { past, present } = cache.tensors(first, count)
    const adapterIndexes = rows.map((row) => this.#stack.digests.indexOf(row.adapter))
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
    const data = logits!.data as Float32Array
    const vocabulary = data.length / count
    const found = rows.map((_, i) => data.slice(i * vocabulary, (i + 1) * vocabulary))
    logits!.dispose()
    for (const [i, row] of rows.entries()) row.length = lengths[i]!
    return found
  }

  #select(rows: readonly DecodeRow[]): void {
    if (rows.every((row) => this.#stack.digests.includes(row.adapter))) return
    const wanted = new Set([...rows, ...this.#placed].map((row) => row.adapter))
    this.#stack = this.#stackOf([...wanted])
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
}

function unknown(digest: Digest | undefined): never {
  throw new Error(`adapter ${digest} left the engine while it was in use`)
}
