export type Random = {
  /** In [0, 1). */
  unit: () => number
  /** A whole number from 0 to below n. */
  below: (n: number) => number
  pick: <T>(from: readonly T[]) => T
  shuffled: <T>(list: readonly T[]) => T[]
}

/** Numbers that a seed decides (mulberry32): which parts are killed, when, and what clients do. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number): number => Math.floor(unit() * n)
  return {
    unit,
    below,
    pick: (from) => from[below(from.length)]!,
    shuffled: (list) => {
      const order = [...list]
      for (let at = order.length - 1; at > 0; at--) {
        const other = below(at + 1)
        ;[order[at], order[other]] = [order[other]!, order[at]!]
      }
      return order
    },
  }
}
