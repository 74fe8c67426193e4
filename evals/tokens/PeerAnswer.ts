/** What evals/peers/infinigram/attribute.py says of one output: places are shard and byte. */
export type PeerAnswer = {
  ms: number
  spans: { start: number; end: number; count: number; places: [number, number][] }[]
}
