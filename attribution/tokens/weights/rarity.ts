/**
 * How much it tells that just these texts hold a span:
 *
 *   rarity = log(C / c) / log(C)
 *
 * C: distinct clusters of the index, c: those that hold the span. 1 where one of many does, 0 where all do (boilerplate), where
 * nobody does, and where the index has one cluster alone, to which nothing can be compared.
 */
export function rarity(holders: number, clusters: number): number {
  if (holders < 1 || clusters < 2) return 0
  return Math.max(0, Math.log(clusters / Math.min(holders, clusters)) / Math.log(clusters))
}
