import { Tensor } from 'onnxruntime-node'
import { headDim, type LlamaConfig } from '../graph/index.ts'

export type LaneOptions = {
  /** Rows at most. */
  rows: number
  /** Tokens of a row, at most. */
  limit: number
  /** The capacity is a multiple of so many tokens, itself a multiple of 64. */
  step?: number
}

/** Keys and values of a chunk of one row of a batch, as serveGraph gives them for all its `rows`. */
export type NewRows = { data: Float32Array; rows: number; row: number; tokens: number }

/**
 * Keys and values of some rows: for each block one array of keys and one of values, [rows, keyHeads, capacity, headDim].
 *
 * The first n rows are a view, so a step feeds them without a copy. The capacity follows the longest row, in place: the
 * arrays are as large as they may become from the start, and memory that was never written is not taken from the system.
 * What lies behind the tokens of a row is 0.
 * Cost: 8 · layers · keyHeads · headDim bytes a token (46 KB in SmolLM2-135M).
 */
export class KeyValueLane {
  readonly rows: number
  readonly #heads: number
  readonly #size: number
  readonly #limit: number
  readonly #step: number
  readonly #arrays: Float32Array[]
  #capacity: number
  /** By the number of rows, at the present capacity. */
  readonly #views = new Map<number, readonly Tensor[]>()

  constructor(config: LlamaConfig, { rows, limit, step = 64 }: LaneOptions) {
    this.rows = rows
    this.#heads = config.num_key_value_heads
    this.#size = headDim(config)
    this.#limit = Math.ceil(limit / step) * step
    this.#step = step
    this.#capacity = step
    const length = rows * this.#heads * this.#limit * this.#size
    this.#arrays = Array.from({ length: 2 * config.num_hidden_layers }, () => new Float32Array(length))
  }

  get capacity(): number {
    return this.#capacity
  }

  /** The first `rows` rows: keys and values of each block in turn, [rows, keyHeads, 1, capacity, headDim]. */
  tensors(rows: number): readonly Tensor[] {
    const known = this.#views.get(rows)
    if (known) return known
    const shape = [rows, this.#heads, 1, this.#capacity, this.#size]
    const length = rows * this.#rowLength
    const tensors = this.#arrays.map((array) => new Tensor('float32', array.subarray(0, length), shape))
    this.#views.set(rows, tensors)
    return tensors
  }

  /** Makes the capacity fit rows of these lengths; gives room back when it is far too much. */
  fit(lengths: readonly number[]): void {
    const longest = Math.max(0, ...lengths)
    const wanted = Math.max(1, Math.ceil(longest / this.#step)) * this.#step
    if (wanted > this.#capacity || 2 * wanted <= this.#capacity) this.#relay(lengths.length, wanted)
  }

  /** Appends a chunk to a row that has `length` tokens; the capacity must fit. */
  append(row: number, length: number, chunk: NewRows): void {
    const head = chunk.tokens * this.#size
    for (const [i, array] of this.#arrays.entries()) {
      for (let h = 0; h < this.#heads; h++) {
        const from = ((i * chunk.rows + chunk.row) * this.#heads + h) * head
        array.set(chunk.data.subarray(from, from + head), this.#at(row, h, length))
      }
    }
  }

  /** Takes a row of another lane with all its tokens; zeros behind them. */
  take(row: number, other: KeyValueLane, otherRow: number, length: number): void {
    for (const [i, array] of this.#arrays.entries()) {
      for (let h = 0; h < this.#heads; h++) {
        const [to, from] = [this.#at(row, h, 0), other.#at(otherRow, h, 0)]
        array.set(other.#arrays[i]!.subarray(from, from + length * this.#size), to)
        array.fill(0, to + length * this.#size, to + this.#capacity * this.#size)
      }
    }
  }

  /** Moves a row over another of this lane. */
  move(from: number, to: number): void {
    const start = from * this.#rowLength
    for (const array of this.#arrays) array.copyWithin(to * this.#rowLength, start, start + this.#rowLength)
  }

  get #rowLength(): number {
    return this.#heads * this.#capacity * this.#size
  }

  #at(row: number, head: number, token: number): number {
    return ((row * this.#heads + head) * this.#capacity + token) * this.#size
  }

  /** Gives the first `rows` rows another capacity, in place: from the end when it grows, else from the start. */
  #relay(rows: number, wanted: number): void {
    if (wanted > this.#limit) throw new RangeError(`${wanted} tokens in a lane of ${this.#limit}`)
    const [old, now] = [this.#capacity * this.#size, wanted * this.#size]
    const count = rows * this.#heads
    const kept = Math.min(old, now)
    for (const array of this.#arrays) {
      for (let i = 0; i < count; i++) {
        const head = now > old ? count - 1 - i : i
        array.copyWithin(head * now, head * old, head * old + kept)
        array.fill(0, head * now + kept, (head + 1) * now)
      }
    }
    this.#capacity = wanted
    this.#views.clear()
  }
}
