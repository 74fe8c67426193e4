import { anchorCount, type Team } from './Team.ts'

/** How many symbols of each anchor are sorted by, before ranks take over: 4 tokens or 8 bytes. */
export function windowOf(text: Uint8Array | Uint16Array): number {
  return 8 / text.BYTES_PER_ELEMENT
}

/**
 * Writes the types of all suffixes, 1 where one is less than its right neighbour (the last one is greater than the empty one), and
 * the anchors: suffixes that are sorted by themselves, each as twice its place, and 1 more where it is less than both neighbours.
 *
 * Between two of those that lie a window or more apart, and behind the last one, others are put in, so that a window always
 * reaches the next anchor: suffixes with the same window have it equally far away. At most half of all.
 */
export function findAnchors(text: Uint8Array | Uint16Array, { types, anchors, control }: Team): void {
  const n = text.length
  for (let i = n - 2, next = text[n - 1]!; i >= 0; i--) {
    const here = text[i]!
    types[i] = here < next ? 1 : here > next ? 0 : types[i + 1]!
    next = here
  }
  const most = windowOf(text) - 1
  let count = 0
  // The end is there for what comes before it, and is no anchor.
  for (let i = 1, last = n, before = types[0]; i <= n; i++) {
    const type = types[i]
    if (i === n || (type === 1 && before === 0)) {
      while (i - last > most) anchors[count++] = 2 * (last += most)
      if (i < n) anchors[count++] = 2 * i + 1
      last = i
    }
    before = type
  }
  control[anchorCount] = count
}
