import type { PlacesDigest } from './PeerAnswer.ts'

/**
 * Of places in a text, as tokens from its start, in whatever order: how many, their sum, and the exclusive or of each times 2^32 over
 * the golden ratio. Two sets that differ agree in all three by chance alone, about once in 2^32.
 */
export function placesDigest(places: readonly number[]): PlacesDigest {
  let sum = 0
  let mixed = 0
  for (const place of places) {
    sum += place
    mixed ^= Math.imul(place, 2_654_435_761)
  }
  return [places.length, sum, mixed >>> 0]
}
