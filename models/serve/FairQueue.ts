type Asking = { payer: string; promptIds: { length: number } }

/**
 * Waiting requests, fair between payers by the tokens that were computed for them, not by how many requests they sent:
 * the next one is the oldest request of the payer that was served least. A payer with 100 requests waits for one with 1
 * as soon as it had its share.
 *
 * A payer that comes back is lifted to the level of who was served last, so that nobody saves up idle time; what it had
 * above that level stays its debt as long as anybody waits. Cost: one pass over the waiting payers for each request taken.
 * Source: virtual token counter, Sheng et al. (arXiv 2401.00588) §3.
 */
export class FairQueue<Request extends Asking> {
  /** Requests of each payer that has some, oldest first. */
  readonly #waiting = new Map<string, Request[]>()
  /** Tokens computed for each payer that is above the level. */
  readonly #served = new Map<string, number>()
  #level = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Payers with something on their account. */
  get knownPayers(): number {
    return this.#served.size
  }

  push(request: Request): void {
    // Nobody waited: there was enough for all, and nothing to be made good.
    if (this.#size === 0) this.#served.clear()
    const own = this.#waiting.get(request.payer)
    this.#size++
    if (own) own.push(request)
    else {
      this.#served.set(request.payer, Math.max(this.#of(request.payer), this.#level))
      this.#waiting.set(request.payer, [request])
    }
  }

  /** The next request; its prompt is charged at once, the tokens of its answer as they are made. */
  take(): Request | undefined {
    let least: string | undefined
    for (const payer of this.#waiting.keys())
      if (least === undefined || this.#of(payer) < this.#of(least)) least = payer
    if (least === undefined) return undefined
    this.#level = Math.max(this.#level, this.#of(least))
    const own = this.#waiting.get(least)!
    const request = own.shift()!
    this.#size--
    if (own.length === 0) this.#waiting.delete(least)
    this.charge(least, request.promptIds.length)
    return request
  }

  charge(payer: string, tokens: number): void {
    this.#served.set(payer, this.#of(payer) + tokens)
    if (this.#served.size > 2 * keptPayers) this.#forget()
  }

  /** Takes out one request that waits; undefined where there is none. */
  remove(matches: (request: Request) => boolean): Request | undefined {
    for (const [payer, own] of this.#waiting) {
      const at = own.findIndex(matches)
      if (at < 0) continue
      const [request] = own.splice(at, 1)
      this.#size--
      if (own.length === 0) this.#waiting.delete(payer)
      return request
    }
    return undefined
  }

  #of(payer: string): number {
    return this.#served.get(payer) ?? this.#level
  }

  // The oldest accounts of payers that do not wait: at worst one of them is served once before its turn.
  #forget(): void {
    for (const payer of this.#served.keys()) {
      if (this.#served.size <= keptPayers) return
      if (!this.#waiting.has(payer)) this.#served.delete(payer)
    }
  }
}

const keptPayers = 1_000
