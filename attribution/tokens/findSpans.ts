import type { LivingSearch } from './LivingSearch.ts'
import type { Symbols } from './SearchedShard.ts'

type Bounds = { minLength: number; maxCount: number; delimiters: ReadonlySet<number> }

/** From this length on the next start is found by doubling steps, so that long verbatim answers stay cheap. */
const longSpan = 8

/**
 * All maximal spans from left to right: `onSpan` is called with each while the shards stand at its ranks.
 *
 * The next span after [l, r) is the one with the first start at which symbol r can be reached too. After short spans every
 * start is tried; after long ones it is searched for, 2·log2(length) searches instead of the length.
 */
export function findSpans(
  search: LivingSearch,
  query: Symbols,
  { minLength, maxCount, delimiters }: Bounds,
  onSpan: (start: number, end: number, count: number) => void,
): void {
  const ends = endsOf(query, delimiters)
  let reached = 0
  for (let start = 0; start < query.length;) {
    const end = ends === undefined ? query.length : ends[start]!
    if (end <= reached) {
      // Up to the delimiter, or the end of all, everything is covered.
      start = reached
      continue
    }
    const length = search.longest(query, start, end)
    if (start + length <= reached) {
      start++
      continue
    }
    reached = start + length
    if (length >= minLength) {
      const count = search.count(query, start, reached)
      if (count <= maxCount) onSpan(start, reached, count)
    }
    start = length < longSpan ? start + 1 : nextStart(start, reached)
  }

  /** The first start after `from` from which the symbol at `last` is reached: last + 1, where it occurs nowhere. */
  function nextStart(from: number, last: number): number {
    if (last >= query.length) return last
    const reaches = (start: number): boolean => {
      if (ends !== undefined && ends[start]! <= last) return false
      return search.longest(query, start, last + 1) === last + 1 - start
    }
    let found = last + 1
    let missed = last
    for (let step = 1; missed > from && reaches(missed); step *= 2) {
      found = missed
      missed = Math.max(from, last - step)
    }
    while (found - missed > 1) {
      const middle = (found + missed) >> 1
      if (reaches(middle)) found = middle
      else missed = middle
    }
    return found
  }
}

/** For each start, the end that no span from there passes: behind the first delimiter. */
function endsOf(query: Symbols, delimiters: ReadonlySet<number>): Uint32Array | undefined {
  if (delimiters.size === 0) return undefined
  const ends = new Uint32Array(query.length)
  for (let i = query.length - 1, end = query.length; i >= 0; i--) {
    if (delimiters.has(query[i]!)) end = i + 1
    ends[i] = end
  }
  return ends
}
