import { Tensor } from 'onnxruntime-node'
import { headDim, type LlamaConfig } from '../graph/index.ts'

const capacityBucket = 64

/**
 * Keys and values of all rows in decoding, one buffer for each block and part: [rows, keyHeads, capacity, headDim].
 *
 * The same memory is past and present of the graph, which writes in place. The runtime's Node binding still copies every
 * output that it returns, so a step costs 8 · layers · keyHeads · headDim bytes of copying a place: the capacity is kept
 * to the next multiple of 64 tokens of the longest row and grows as rows grow. No result depends on it.
 */
export class KeyValueCache {
  readonly rows: number
  readonly #names: readonly string[]
  readonly #heads: number
  readonly #size: number
  #capacity = 0
  #buffers: Float32Array[] = []

  constructor(config: LlamaConfig, { rows }: { rows: number }) {
    this.rows = rows
    this.#heads = config.num_key_value_heads
    this.#size = headDim(config)
    this.#names = Array.from({ length: config.num_hidden_layers }, (_, layer) => [
      `${layer}.key`,
      `${layer}.value`,
    ]).flat()
  }

  get capacity(): number {
    return this.#capacity
  }

  /** Makes room for `tokens` in each row; the first `keep` rows stay as they are. Gives room back when it is far too much. */
  fit(tokens: number, keep: number): void {
    const wanted = Math.ceil(tokens / capacityBucket) * capacityBucket
    if (wanted <= this.#capacity && 2 * wanted > this.#capacity) return
    const old = this.#capacity
    const same = Math.min(old, wanted) * this.#size
    this.#buffers = this.#names.map((_, i) => {
      const buffer = new Float32Array(this.rows * this.#heads * wanted * this.#size)
      const from = this.#buffers[i] ?? new Float32Array(0)
      for (let head = 0; head < keep * this.#heads; head++) {
        const at = head * old * this.#size
        buffer.set(from.subarray(at, at + same), head * wanted * this.#size)
      }
      return buffer
    })
    this.#capacity = wanted
  }

  /** Feeds and fetches for rows `first` to `first + count - 1`, without copying. */
  tensors(first: number, count: number): { past: Record<string, Tensor>; present: Record<string, Tensor> } {
    const row = this.#heads * this.#capacity * this.#size
    const shape = [count, this.#heads, this.#capacity, this.#size]
    const past: Record<string, Tensor> = {}
    const present: Record<string, Tensor> = {}
    for (const [i, name] of this.#names.entries()) {
      const tensor = new Tensor('float32', this.#buffers[i]!.subarray(first * row, (first + count) * row), shape)
      past[`past_key_values.${name}`] = tensor
      present[`present.${name}`] = tensor
    }
    return { past, present }
  }

  /** Moves the first `length` tokens of one row over another. */
  copyRow(from: number, to: number, length: number): void {
    const head = this.#capacity * this.#size
    const row = this.#heads * head
    for (const buffer of this.#buffers) {
      for (let h = 0; h < this.#heads; h++) {
        const start = from * row + h * head
        buffer.copyWithin(to * row + h * head, start, start + length * this.#size)
      }
    }
  }
}
