import { Tensor } from 'onnxruntime-node'
import { projectionSize, type LlamaConfig, type Projection } from '../graph/index.ts'
import type { Digest } from '../../kernel/index.ts'
import type { ServedAdapter, ServedFactors } from './AdapterPool.ts'

/** One projection's factors of all rows. The tensors are views of as many rows as the last batch had. */
type Place = {
  readonly name: string
  readonly in: number
  readonly out: number
  rank: number
  A: Float32Array
  B: Float32Array
}

/**
 * The LoRA inputs of serveGraph for the adapters of a batch's rows, `lora_A.<layer>.<target>` [b, in, r] and
 * `lora_B.<layer>.<target>` [b, r, out]. A row of lower rank, or that does not adapt the projection, has zeros, which
 * change no bit; a projection that nobody adapts has rank 0 and costs next to nothing.
 *
 * One row alone is fed from the adapter's own memory. For more, factors lie side by side, and only the places where the
 * adapter changed since the last batch are written.
 * Cost of a changed place: one copy of the adapter's numbers, 2 MB at rank 8 on q and v of 30 blocks.
 */
export class FactorStack {
  readonly #places: readonly Place[]
  readonly #rows: number
  readonly #nothing: Record<string, Tensor>
  readonly #alone = new WeakMap<ServedAdapter, Record<string, Tensor>>()
  #held: (Digest | undefined)[] = []
  #feeds: Record<string, Tensor> | undefined

  constructor(config: LlamaConfig, projections: readonly Projection[], { rows }: { rows: number }) {
    this.#rows = rows
    this.#places = projections.map(({ layer, target }) => ({
      name: `${layer}.${target}`,
      ...projectionSize(config, target),
      rank: 0,
      A: new Float32Array(0),
      B: new Float32Array(0),
    }))
    this.#nothing = this.#each((place) => tensors(place, 1, none))
  }

  feeds(adapters: readonly (ServedAdapter | undefined)[]): Record<string, Tensor> {
    const [only] = adapters
    if (adapters.every((adapter) => adapter === undefined)) return this.#nothing
    if (adapters.length === 1 && only) {
      const known =
        this.#alone.get(only) ?? this.#each((place) => tensors(place, 1, only.factors.get(place.name) ?? none))
      this.#alone.set(only, known)
      return known
    }
    return this.#stacked(adapters)
  }

  #stacked(adapters: readonly (ServedAdapter | undefined)[]): Record<string, Tensor> {
    const digests = adapters.map((adapter) => adapter?.digest)
    const isSame = digests.length === this.#held.length && digests.every((digest, i) => digest === this.#held[i])
    if (isSame && this.#feeds) return this.#feeds
    const feeds = this.#each((place) => {
      const factors = adapters.map((adapter) => adapter?.factors.get(place.name))
      const rank = Math.max(0, ...factors.map((factor) => factor?.rank ?? 0))
      const isWider = rank !== place.rank
      if (isWider) {
        place.rank = rank
        place.A = new Float32Array(this.#rows * place.in * rank)
        place.B = new Float32Array(this.#rows * rank * place.out)
      }
      for (const [row, factor] of factors.entries()) {
        if (isWider || row >= this.#held.length || digests[row] !== this.#held[row]) write(place, row, factor)
      }
      return rank === 0 ? tensors(place, 1, none) : tensors(place, adapters.length, place)
    })
    this.#held = digests
    this.#feeds = feeds
    return feeds
  }

  #each(of: (place: Place) => readonly [Tensor, Tensor]): Record<string, Tensor> {
    const feeds: Record<string, Tensor> = {}
    for (const place of this.#places) {
      const [A, B] = of(place)
      feeds[`lora_A.${place.name}`] = A
      feeds[`lora_B.${place.name}`] = B
    }
    return feeds
  }
}

const none: ServedFactors = { rank: 0, A: new Float32Array(0), B: new Float32Array(0) }

function tensors(size: { in: number; out: number }, rows: number, { rank, A, B }: ServedFactors): [Tensor, Tensor] {
  return [
    new Tensor('float32', A.subarray(0, rows * size.in * rank), [rows, size.in, rank]),
    new Tensor('float32', B.subarray(0, rows * rank * size.out), [rows, rank, size.out]),
  ]
}

/** Copies one adapter's factors to its row, zeros where it has none or less rank. */
function write({ rank, A, B, in: inputs, out }: Place, row: number, factors: ServedFactors | undefined): void {
  const [a, b] = [row * inputs * rank, row * rank * out]
  if (factors?.rank === rank) {
    A.set(factors.A, a)
    B.set(factors.B, b)
    return
  }
  A.fill(0, a, a + inputs * rank)
  B.fill(0, b, b + rank * out)
  if (!factors) return
  for (let i = 0; i < inputs; i++) {
    A.set(factors.A.subarray(i * factors.rank, (i + 1) * factors.rank), a + i * rank)
  }
  B.set(factors.B, b)
}
