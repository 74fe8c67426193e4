/** In how many distinct clusters the tokens [start, end) of the text stand one after the other; 0 where nowhere. */
export type Frequency = (start: number, end: number) => number

/** How many clusters hold, in a span that the token counts for, what stands from `start` to the token. */
export type OwnClusters = (start: number) => number

/**
 * How unlikely token `at` is, to one who knows all texts of the index but those that it counts for:
 *
 *   P_1 = (f(t) + 1) / (C + 1)
 *   P_k = (f(h_k t) + P_{k-1}) / (f(h_k) + 1)            h_k: the k - 1 tokens before it; k up to `order`
 *   bits = -log2 P_order
 *
 * f counts distinct clusters, never places, so that copies change nothing. The clusters that the token
 * counts for are taken off first (leave-out), as far as they hold a run in its span: else a text that stands once would foretell itself, and be worth
 * nothing. Words that many texts go on with in the same way cost next to no bits, common words in a rare order many.
 *
 * Units: bits, 0 or more. Cost: 2 · order - 1 look-ups. Source: Dirichlet smoothing with one pseudo-count, MacKay and Peto,
 * A hierarchical Dirichlet language model (1995), on document frequencies instead of counts.
 */
export function surprisalBits(
  at: number,
  {
    frequency,
    clusters,
    order,
    own,
  }: { frequency: Frequency; clusters: number; order: number; own?: OwnClusters | undefined },
): number {
  const seen = (start: number, end: number): number =>
    Math.max(0, Math.min(frequency(start, end), clusters) - (own?.(start) ?? 0))
  const others = Math.max(0, clusters - (own?.(at) ?? 0))
  let likely = (Math.min(seen(at, at + 1), others) + 1) / (others + 1)
  for (let start = at - 1; start >= 0 && start > at - order; start--) {
    const before = seen(start, at)
    // A history that no other text holds tells nothing, and a longer one no more.
    if (before === 0) break
    likely = (Math.min(seen(start, at + 1), before) + likely) / (before + 1)
  }
  return Math.max(0, -Math.log2(likely))
}
