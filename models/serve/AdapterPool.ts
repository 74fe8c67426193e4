import { TributaryError, type Digest } from '../../kernel/index.ts'
import type { Adapter } from '../adapters/Adapter.ts'
import type { AdapterModule } from '../adapters/AdapterLayout.ts'

/**
 * Ranks are rounded up to a multiple of so many, with zeros. Between two such ranks more zeros change no bit; the kernel
 * takes the last one to three of other ranks by themselves, in another order than with zeros behind them.
 */
const rankStep = 4

/** The two factors of a projection, A [in, rank] and B [rank, out], the scale folded into B. */
export type ServedFactors = { readonly rank: number; readonly A: Float32Array; readonly B: Float32Array }
/** An adapter that can decode; factors by `<layer>.<target>`. */
export type ServedAdapter = { readonly digest: Digest; readonly factors: ReadonlyMap<string, ServedFactors> }

type Resident = { adapter: ServedAdapter; bytes: number; pins: number }

/**
 * The adapters in memory, by digest: of those that nobody uses, the one unused for longest goes when `maxBytes` are
 * passed. One in use is pinned: it stays, and its numbers are never written to, whatever is added, dropped or added again.
 */
export class AdapterPool {
  readonly #maxBytes: number
  /** The least recently used first. */
  readonly #residents = new Map<Digest, Resident>()
  #bytes = 0

  constructor({ maxBytes }: { maxBytes: number }) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  has(digest: Digest): boolean {
    return this.#residents.has(digest)
  }

  /** Cost: one copy of its numbers. */
  add(digest: Digest, { layout, theta }: Adapter): void {
    if (this.#residents.has(digest)) return
    const factors = new Map(layout.modules.map((module) => [`${module.layer}.${module.target}`, served(module, theta)]))
    const bytes = Array.from(factors.values()).reduce((sum, { A, B }) => sum + A.byteLength + B.byteLength, 0)
    this.#residents.set(digest, { adapter: { digest, factors }, bytes, pins: 0 })
    this.#bytes += bytes
    this.#evict(digest)
  }

  /** Keeps it here until as many unpins. Throws models/adapter-absent (retry) where it is not here. */
  pin(digest: Digest): ServedAdapter {
    const resident = this.#residents.get(digest)
    if (!resident) {
      throw new TributaryError('The adapter is not in memory.', {
        code: 'models/adapter-absent',
        facts: { adapter: digest, resident: this.#residents.size },
        tryThis: 'add it again',
        retry: true,
      })
    }
    resident.pins++
    // The most recently used is the last.
    this.#residents.delete(digest)
    this.#residents.set(digest, resident)
    return resident.adapter
  }

  unpin(digest: Digest): void {
    const resident = this.#residents.get(digest)
    if (resident) resident.pins--
    this.#evict()
  }

  #evict(except?: Digest): void {
    for (const [digest, { bytes, pins }] of this.#residents) {
      if (this.#bytes <= this.#maxBytes) return
      if (pins > 0 || digest === except) continue
      this.#residents.delete(digest)
      this.#bytes -= bytes
    }
  }
}

function served({ rank: own, scale, in: inputs, out, A, B }: AdapterModule, theta: Float32Array): ServedFactors {
  const rank = Math.ceil(own / rankStep) * rankStep
  const factors = { rank, A: new Float32Array(inputs * rank), B: new Float32Array(rank * out) }
  for (let i = 0; i < inputs; i++) factors.A.set(theta.subarray(A + i * own, A + (i + 1) * own), i * rank)
  for (let i = 0; i < own * out; i++) factors.B[i] = scale * theta[B + i]!
  return factors
}
