import type { Digest, PayeeId } from '../../../kernel/index.ts'

/** One sample in which a span stands. */
export type Holding = {
  sample: Digest
  payee: PayeeId
  cluster: Digest
  /** Where several indexes are asked as one: which of them holds it, and how it calls the cluster itself. */
  part?: number
  own?: Digest
}

/**
 * The distinct clusters among places, by their ids in ascending order, each with those whom it counts for: of each index that
 * holds it one payee, that of the sample which was first there (a cluster bears its id), else, where that one is gone, of the
 * copy with the smallest id. So a later copy never shares with the first, and Datanets that hold the same text share it.
 */
export function holdersOf(places: readonly Holding[]): Holding[][] {
  const clusters = new Map<Digest, Map<number, Holding>>()
  for (const place of places) {
    const holders = clusters.get(place.cluster) ?? new Map<number, Holding>()
    clusters.set(place.cluster, holders)
    const { part = 0 } = place
    const known = holders.get(part)
    if (known === undefined || comesBefore(place, known)) holders.set(part, place)
  }
  return [...clusters]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, holders]) => [...holders].toSorted(([a], [b]) => a - b).map(([, holder]) => holder))
}

function comesBefore(place: Holding, known: Holding): boolean {
  return isFirst(place) === isFirst(known) ? place.sample < known.sample : isFirst(place)
}

const isFirst = ({ sample, cluster, own = cluster }: Holding): boolean => sample === own
