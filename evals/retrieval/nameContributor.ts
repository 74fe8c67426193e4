/** How the scores of a contributor's samples become one: all of them, as money is split, or the best, as a search engine does. */
export type Pooling = 'sum' | 'best'

/**
 * The contributor with the largest pooled score; the first of equals.
 * Shapes: `scores` and `ownerOf` [N], owners counted from 0.
 */
export function nameContributor(scores: ArrayLike<number>, ownerOf: readonly number[], pooling: Pooling): number {
  const pooled: number[] = []
  for (const [i, owner] of ownerOf.entries()) {
    const before = pooled[owner]
    const score = scores[i]!
    pooled[owner] = before === undefined ? score : pooling === 'sum' ? before + score : Math.max(before, score)
  }
  return pooled.reduce((best, score, owner) => (score > pooled[best]! ? owner : best), 0)
}
