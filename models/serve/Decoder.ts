import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Digest } from '../../kernel/index.ts'
import type { LlamaConfig, Projection } from '../graph/index.ts'
import type { AdapterPool, ServedAdapter } from './AdapterPool.ts'
import { FactorStack } from './FactorStack.ts'
import { KeyValueLane } from './KeyValueLane.ts'
import { PrefixCache, type PrefixKeys } from './PrefixCache.ts'
import { serveFeeds } from './serveFeeds.ts'

/** A prompt is computed in chunks of so many tokens, the last one shorter: what prefixes can share, and what bits depend on. */
export const chunkTokens = 64
/** Rows up to this length share a lane, longer ones the other. */
const shortTokens = 512

export type DecoderParts = {
  session: InferenceSession
  config: LlamaConfig
  /** Digest of the weights: prefixes are kept under it. */
  base: Digest
  adapters: AdapterPool
  /** What the session's graph lets adapters adapt. */
  projections: readonly Projection[]
  /** Rows at once, at most. */
  rows: number
  contextTokens: number
  /** Memory for keys and values of prompts that may come again. */
  prefixBytes: number
}

/** One answer in decoding. */
export type DecodeRow = {
  readonly promptIds: Int32Array
  readonly adapter: Digest | undefined
  /** Tokens of it, prompt included, whose keys and values are there. */
  length: number
  /** Tokens of the prompt that were not computed again. */
  reused: number
}

/** What the decoder knows of a row: its memory is its own until the prompt is in, then a place in a lane. */
type Place = {
  row: DecodeRow
  served: ServedAdapter | undefined
  keys: PrefixKeys
  own: KeyValueLane | undefined
}
type Lane = { memory: KeyValueLane; places: Place[] }

/**
 * Computes the next token's logits of many rows, each with its own adapter and length. What to compute next, and which
 * token follows from logits, is the caller's: one call at a time.
 *
 * A row's bits are a function of its tokens, its adapter and the engine's build: chunks are cut at multiples of 64 of its
 * own prompt, and lanes, capacities, neighbours and prefixes found change no bit.
 */
export class Decoder {
  readonly rows: number
  readonly #parts: DecoderParts
  readonly #places = new Map<DecodeRow, Place>()
  /** Long rows, then short ones: the order of a batch. */
  readonly #lanes: readonly Lane[]
  readonly #factors: FactorStack
  readonly #prefixes: PrefixCache

  constructor(parts: DecoderParts) {
    const { config, rows, contextTokens, base, prefixBytes } = parts
    this.#parts = parts
    this.rows = rows
    const limits = [contextTokens, Math.min(contextTokens, shortTokens)]
    this.#lanes = limits.map((limit) => ({
      memory: new KeyValueLane(config, { rows, limit, step: laneStep(limit) }),
      places: [],
    }))
    this.#factors = new FactorStack(config, parts.projections, { rows })
    this.#prefixes = new PrefixCache({ base, maxBytes: prefixBytes })
  }

  /** Rows that can still be admitted. */
  get free(): number {
    return this.rows - this.#places.size
  }

  /** Takes a row and pins its adapter; computes nothing. Throws models/adapter-absent. */
  admit({ promptIds, adapter }: { promptIds: Int32Array; adapter?: Digest }): DecodeRow {
    if (this.free === 0) throw new RangeError(`all ${this.rows} rows are taken`)
    const served = adapter === undefined ? undefined : this.#parts.adapters.pin(adapter)
    const row: DecodeRow = { promptIds, adapter, length: 0, reused: 0 }
    const own = new KeyValueLane(this.#parts.config, {
      rows: 1,
      limit: promptIds.length,
      step: laneStep(promptIds.length),
    })
    const keys = this.#prefixes.keysOf(promptIds, adapter, chunkTokens)
    this.#places.set(row, { row, served, keys, own })
    return row
  }

  /** One chunk of the prompt, after all that is known of it already; logits [vocabulary] once the prompt is in. */
  async prefill(row: DecodeRow): Promise<Float32Array | undefined> {
    const place = this.#placeOf(row)
    const own = place.own
    if (!own) throw new RangeError('the prompt is in already')
    this.#reuse(place, own)
    const { promptIds } = row
    const tokens = promptIds.subarray(row.length, row.length + chunkTokens)
    const isLast = row.length + tokens.length === promptIds.length
    own.fit([row.length + tokens.length])
    const { logits, newRows } = await this.#run([{ lane: own, lengths: [row.length] }], {
      adapters: [place.served],
      tokens: [...tokens],
      chunk: tokens.length,
      wanted: isLast ? [0] : [],
    })
    own.append(0, row.length, { data: newRows, rows: 1, row: 0, tokens: tokens.length })
    const key = place.keys[row.length / chunkTokens]
    if (key !== undefined) this.#prefixes.set(key, newRows)
    row.length += tokens.length
    if (!isLast) return undefined
    this.#enter(place, own, 0)
    place.own = undefined
    return logits
  }

  /** One token each, all together; logits [vocabulary] each, or why the row failed. */
  async step(wanted: readonly { row: DecodeRow; token: number }[]): Promise<(Float32Array | Error)[]> {
    try {
      return await this.#step(wanted)
    } catch (error) {
      return wanted.map(() => (error instanceof Error ? error : new Error(String(error))))
    }
  }

  /** Frees the row at once and unpins its adapter. */
  release(row: DecodeRow): void {
    const place = this.#places.get(row)
    if (!place) return
    this.#places.delete(row)
    for (const lane of this.#lanes) if (lane.places.includes(place)) leave(lane, place)
    if (row.adapter !== undefined) this.#parts.adapters.unpin(row.adapter)
  }

  async #step(wanted: readonly { row: DecodeRow; token: number }[]): Promise<Float32Array[]> {
    const tokenOf = new Map(wanted.map(({ row, token }) => [row, token]))
    this.#moveLong()
    // A row that sits out is computed with its lane and dropped; a lane without a wanted row is left out.
    const lanes = this.#lanes.filter(({ places }) => places.some(({ row }) => tokenOf.has(row)))
    const batch = lanes.flatMap(({ places }) => places)
    for (const { memory, places } of lanes) memory.fit(places.map(({ row }) => row.length + 1))
    const order = wanted.map(({ row }) => batch.findIndex((place) => place.row === row))
    if (order.includes(-1)) throw new RangeError('a row is not in decoding')
    const { logits, newRows } = await this.#run(
      lanes.map(({ memory, places }) => ({ lane: memory, lengths: places.map(({ row }) => row.length) })),
      {
        adapters: batch.map(({ served }) => served),
        tokens: batch.map(({ row }) => tokenOf.get(row) ?? 0),
        chunk: 1,
        wanted: order,
      },
    )
    let at = 0
    for (const { memory, places } of lanes) {
      for (const [i, { row }] of places.entries()) {
        const chunk = { data: newRows, rows: batch.length, row: at++, tokens: 1 }
        if (!tokenOf.has(row)) continue
        memory.append(i, row.length, chunk)
        row.length++
      }
    }
    const vocabulary = logits.length / wanted.length
    return wanted.map((_, i) => logits.slice(i * vocabulary, (i + 1) * vocabulary))
  }

  /** Rows that outgrow the lane of the short ones go to the other. */
  #moveLong(): void {
    const short = this.#lanes.at(-1)!
    for (const place of short.places.filter(({ row }) => row.length + 1 > shortTokens)) {
      this.#enter(place, short.memory, short.places.indexOf(place))
      leave(short, place)
    }
  }

  /** Copies a row from where it is into the lane of its length, as the last one there. */
  #enter(place: Place, from: KeyValueLane, fromRow: number): void {
    const { length } = place.row
    const lane = length + 1 > shortTokens ? this.#lanes[0]! : this.#lanes.at(-1)!
    // Its place must be there, at the capacity of all, before it is written.
    lane.memory.fit([...lane.places.map(({ row }) => row.length), length])
    lane.memory.take(lane.places.length, from, fromRow, length)
    lane.places.push(place)
  }

  /** Takes over the blocks of the prompt that are known; its last token is computed always, for its logits. */
  #reuse({ row, keys }: Place, own: KeyValueLane): void {
    while (row.length % chunkTokens === 0 && row.length + chunkTokens < row.promptIds.length) {
      const key = keys[row.length / chunkTokens]
      const block = key === undefined ? undefined : this.#prefixes.get(key)
      if (!block) return
      own.fit([row.length + chunkTokens])
      own.append(0, row.length, { data: block, rows: 1, row: 0, tokens: chunkTokens })
      row.length += chunkTokens
      row.reused += chunkTokens
    }
  }

  async #run(
    lanes: readonly { lane: KeyValueLane; lengths: readonly number[] }[],
    batch: { adapters: readonly (ServedAdapter | undefined)[]; tokens: number[]; chunk: number; wanted: number[] },
  ): Promise<{ logits: Float32Array; newRows: Float32Array }> {
    const feeds = { ...this.#factors.feeds(batch.adapters), ...serveFeeds(lanes, batch) }
    const { logits, new_rows: newRows } = await this.#parts.session.run(feeds)
    return { logits: dataOf(logits), newRows: dataOf(newRows) }
  }

  #placeOf(row: DecodeRow): Place {
    const place = this.#places.get(row)
    if (place) return place
    throw new RangeError('the row was released')
  }
}

/** Capacities of long rows are rounded up further: a lane that grows moves all that it holds. */
function laneStep(limit: number): number {
  return limit > shortTokens ? 256 : 64
}

/** Takes a row out of its lane; the last one moves into the gap. */
function leave({ memory, places }: Lane, place: Place): void {
  const at = places.indexOf(place)
  const last = places.pop()!
  if (last !== place) {
    memory.move(places.length, at)
    places[at] = last
  }
  memory.fit(places.map(({ row }) => row.length))
}

function dataOf(tensor: Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data
  throw new TypeError('the graph gave no floats')
}
