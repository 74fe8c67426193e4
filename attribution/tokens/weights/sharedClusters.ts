import type { Digest } from '../../../kernel/index.ts'
import type { TokenIndex } from '../TokenIndex.ts'

/** Clusters of several indexes as one set. */
export type SharedClusters = {
  /** The cluster of index `part` as all of them know it. */
  of: (part: number, cluster: Digest) => Digest
  /** How many distinct ones there are. */
  count: number
  /** Indexes all of whose texts stand in others: to count their places again would count copies. */
  copies: ReadonlySet<number>
}

const known = new WeakMap<TokenIndex, { indexes: readonly TokenIndex[]; shared: SharedClusters }>()

/**
 * Joins the clusters of several indexes by content: those of two that hold the same text, symbol by symbol, are one, also where a third
 * holds both. A cluster is then known by its id in the first index that has it. Near copies in two indexes stay two.
 * Cost: one pass over the text of all, kept for the next call with the same indexes.
 */
export function sharedClusters(indexes: readonly TokenIndex[]): SharedClusters {
  const [first] = indexes
  const before = first && known.get(first)
  if (before && before.indexes.length === indexes.length && before.indexes.every((one, i) => one === indexes[i]))
    return before.shared
  const shared = join(indexes)
  if (first) known.set(first, { indexes: [...indexes], shared })
  return shared
}

function join(indexes: readonly TokenIndex[]): SharedClusters {
  const parents: number[] = []
  const ids: Digest[] = []
  const partOf: number[] = []
  const rootOf = (node: number): number => {
    let root = node
    while (parents[root] !== root) root = parents[root]!
    for (let at = node; parents[at] !== root;) [at, parents[at]] = [parents[at]!, root]
    return root
  }
  const holderOf = new Map<Digest, number>()
  const texts = indexes.map((index) => index.contents())
  const nodes = texts.map((documents, part) => {
    const own = new Map<Digest, number>()
    for (const { cluster, content } of documents) {
      let node = own.get(cluster)
      if (node === undefined) {
        node = parents.length
        parents.push(node)
        ids.push(cluster)
        partOf.push(part)
        own.set(cluster, node)
      }
      const holder = holderOf.get(content)
      if (holder === undefined) holderOf.set(content, node)
      else if (partOf[holder] !== part) {
        // Inside one index curation has judged. The smaller number is of the earlier index: its name stays.
        const [a, b] = [rootOf(holder), rootOf(node)]
        parents[Math.max(a, b)] = Math.min(a, b)
      }
    }
    return own
  })
  const roots = new Set(parents.map((_, node) => rootOf(node)))
  const said = new Set<Digest>()
  const copies = new Set<number>()
  // The largest first, so that of two of which one holds the other, the smaller is the copy.
  const order = texts.map((_, part) => part).toSorted((a, b) => texts[b]!.length - texts[a]!.length || a - b)
  for (const part of order) {
    if (said.size > 0 && texts[part]!.every(({ content }) => said.has(content))) copies.add(part)
    for (const { content } of texts[part]!) said.add(content)
  }
  return {
    of: (part, cluster) => {
      const node = nodes[part]!.get(cluster)
      return node === undefined ? cluster : ids[rootOf(node)]!
    },
    count: roots.size,
    copies,
  }
}
