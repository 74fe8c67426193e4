/** Where groups begin and end, pair by pair. */
export class GroupList {
  #bounds = new Int32Array(1_024)
  length = 0

  add(start: number, end: number): void {
    const at = 2 * this.length++
    if (at === this.#bounds.length) {
      const more = new Int32Array(2 * at)
      more.set(this.#bounds)
      this.#bounds = more
    }
    this.#bounds[at] = start
    this.#bounds[at + 1] = end
  }

  start(group: number): number {
    return this.#bounds[2 * group]!
  }

  end(group: number): number {
    return this.#bounds[2 * group + 1]!
  }

  clear(): void {
    this.length = 0
  }
}
