/**
 * Mid-ranks of some values, each counted `counts` times: a tie gets the mean of the ranks it covers.
 *
 *   rank[i] = (values below values[i]) + (values equal to it + 1) / 2
 *
 * Shapes: `order` [n] sorts `values` ascending, `counts` [n]; returns [n], from 1. Cost: n.
 */
export function ranksOf(values: Float64Array, order: Int32Array, counts: Int32Array): Float64Array {
  const ranks = new Float64Array(values.length)
  let below = 0
  for (let from = 0; from < order.length;) {
    let to = from
    let equal = 0
    while (to < order.length && values[order[to]!] === values[order[from]!]) equal += counts[order[to++]!]!
    for (; from < to; from++) ranks[order[from]!] = below + (equal + 1) / 2
    below += equal
  }
  return ranks
}

/** Indexes of the values, the smallest first; equal ones in their order. */
export function orderOf(values: Float64Array): Int32Array {
  return Int32Array.from(values.keys()).toSorted((a, b) => values[a]! - values[b]! || a - b)
}
