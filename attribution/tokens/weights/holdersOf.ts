import type { Digest, PayeeId } from '../../../kernel/index.ts'

/** One sample in which a span stands. */
export type Holding = { sample: Digest; payee: PayeeId; cluster: Digest }

/**
 * The distinct clusters among places, by their ids in ascending order, each with the one payee whom it counts for: that of the
 * sample which was first (a cluster bears its id), else, where that one is gone, of the copy with the smallest id. So a later copy
 * never shares with the first.
 */
export function holdersOf(places: readonly Holding[]): Holding[] {
  const first = new Map<Digest, Holding>()
  for (const place of places) {
    const known = first.get(place.cluster)
    if (known === undefined || comesBefore(place, known)) first.set(place.cluster, place)
  }
  return [...first.values()].toSorted((a, b) => (a.cluster < b.cluster ? -1 : 1))
}

function comesBefore(place: Holding, known: Holding): boolean {
  if (known.sample === known.cluster) return false
  return place.sample === place.cluster || place.sample < known.sample
}
