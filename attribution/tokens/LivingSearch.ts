import type { PlainShard } from './PlainShard.ts'
import type { SearchedShard, Symbols } from './SearchedShard.ts'

/**
 * Shards as one, without what was taken down. Documents that were taken down are searched a second time, as a shard of their
 * own: what lives is what all shards hold less what that one holds, which still falls with the length, so that the longest
 * part that lives is found by bisection.
 */
export class LivingSearch {
  readonly #shards: readonly SearchedShard[]
  readonly #dead: PlainShard | undefined
  readonly #lengths: number[]
  #deadLength = 0

  constructor(shards: readonly SearchedShard[], dead?: PlainShard) {
    this.#shards = shards
    this.#dead = dead
    this.#lengths = shards.map(() => 0)
  }

  /** How many symbols of query[from, end) stand in a living document, from `from` on. */
  longest(query: Symbols, from: number, end: number): number {
    let best = 0
    for (let i = 0; i < this.#shards.length; i++) {
      const length = this.#shards[i]!.longest(query, from, end)
      this.#lengths[i] = length
      if (length > best) best = length
    }
    if (this.#dead === undefined || best === 0) return best
    this.#deadLength = this.#dead.longest(query, from, end)
    if (this.#deadLength < best || this.count(query, from, from + best) > 0) return best
    let lives = 0
    while (best - lives > 1) {
      const middle = (lives + best) >> 1
      if (this.count(query, from, from + middle) > 0) lives = middle
      else best = middle
    }
    return lives
  }

  /** After a `longest` from the same place: how often query[from, end) lives. Leaves the ranks in the shards. */
  count(query: Symbols, from: number, end: number): number {
    let count = 0
    for (let i = 0; i < this.#shards.length; i++) {
      const shard = this.#shards[i]!
      if (this.#lengths[i]! >= end - from) count += shard.range(query, from, end)
      else shard.lo = shard.hi = 0
    }
    if (this.#dead !== undefined && this.#deadLength >= end - from) count -= this.#dead.range(query, from, end)
    return count
  }
}
