/**
 * What evals/peers/infinigram/attribute.py says of one output: places are shard and byte; `digest`, where it was asked for, is of
 * all places (placesDigest.ts).
 */
export type PeerAnswer = {
  ms: number
  spans: { start: number; end: number; count: number; places: [number, number][]; digest?: PlacesDigest }[]
}

/** How many, their sum, and all of them mixed up. */
export type PlacesDigest = [count: number, sum: number, mixed: number]
