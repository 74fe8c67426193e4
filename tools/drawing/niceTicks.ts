/**
 * Round numbers for an axis, at least two, from at or below `low` to at or above `high`: steps of 1, 2, 2.5 or 5 times a
 * power of ten, about `count` of them. A range of nothing gets room on both sides.
 */
export function niceTicks(low: number, high: number, count = 5): number[] {
  const room = high > low ? 0 : Math.max(Math.abs(low) * 0.1, 0.1)
  const span = high - low + 2 * room
  const power = 10 ** Math.floor(Math.log10(span / count))
  const step = ([1, 2, 2.5, 5].find((times) => span / (times * power) <= count) ?? 10) * power
  const first = Math.floor((low - room) / step + 1e-9)
  const last = Math.ceil((high + room) / step - 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}
