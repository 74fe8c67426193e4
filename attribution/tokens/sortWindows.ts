import { windowOf } from './findAnchors.ts'
import { GroupList } from './GroupList.ts'
import type { TellProgress } from './ShardProgress.ts'
import { anchorCount, chunksTaken, type Team } from './Team.ts'

/** Anchors with the first and the second 4 bytes of their windows: twice the number of each, and the type of its last symbol. */
type Rows = { words: Int32Array; high: Uint32Array; low: Uint32Array }

/** Anchors that begin with 16 bits from `from` to `to`: `count` of them, from `base` on. */
type Chunk = { from: number; to: number; base: number; count: number }

/** Larger chunks would keep one thread waiting for the other. */
const chunksOfAll = 12

/**
 * Sorts this thread's part of the anchors by their windows, and equal windows by the type of the last symbol, so that those in a group
 * have equal types throughout and the next anchor equally far away. All of a group have the same rank, which is where it begins in
 * the order. Returns where each group of two or more begins and ends.
 *
 * Threads take chunks by turns as they get done: anchors that begin alike by 16 bits, a twelfth of all unless more do. 24 bytes of
 * memory for each anchor of a chunk. Cost: linear; the anchors are read once for each chunk.
 */
export function sortWindows(text: Uint8Array | Uint16Array, team: Team, tell: TellProgress): GroupList {
  const { anchors, control } = team
  const m = control[anchorCount]!
  tell({ phase: 'sort', done: 0, of: m })
  const sixteen = sixteenOf(text)
  const starts = new Uint32Array(65_537)
  for (let number = 0; number < m; number++) starts[sixteen(anchors[number]! >>> 1) + 1]!++
  for (let bits = 0; bits < 65_536; bits++) starts[bits + 1]! += starts[bits]!
  const chunks = chunksOf(starts, m)
  const size = Math.max(0, ...chunks.map(({ count }) => count))
  const buffers = [rowsOf(size), rowsOf(size)] as const
  const groups = new GroupList()
  for (;;) {
    const chunk = chunks[Atomics.add(control, chunksTaken, 1)]
    if (chunk === undefined) return groups
    tell({ phase: 'sort', done: chunk.base, of: m })
    sortChunk(text, chunk, buffers, team, groups)
  }
}

function chunksOf(starts: Uint32Array, m: number): Chunk[] {
  const chunks: Chunk[] = []
  for (let from = 0; from < 65_536;) {
    let to = from + 1
    while (to < 65_536 && starts[to + 1]! - starts[from]! <= m / chunksOfAll) to++
    const count = starts[to]! - starts[from]!
    if (count > 0) chunks.push({ from, to, base: starts[from]!, count })
    from = to
  }
  return chunks
}

function sortChunk(
  text: Uint8Array | Uint16Array,
  chunk: Chunk,
  [rows, other]: readonly [Rows, Rows],
  team: Team,
  groups: GroupList,
): void {
  const { base, count } = chunk
  const { anchors, order, ranks, control } = team
  readWindows(text, chunk, team, rows)
  scatter(rows, other, count, rows.low, 0)
  scatter(other, rows, count, other.low, 16)
  scatter(rows, other, count, rows.high, 0)
  scatter(other, rows, count, other.high, 16)
  const { words, high, low } = rows
  // A window that reaches behind the end is nobody else's; only the last anchors have one.
  const near = control[anchorCount]! - windowOf(text)
  const lastWhole = text.length - windowOf(text)
  const isWhole = (number: number): boolean => number < near || anchors[number]! >>> 1 <= lastWhole
  for (let i = 0, start = 0, before = 0; i <= count; i++) {
    const word = i < count ? words[i]! : 0
    const isSame =
      i > 0 &&
      i < count &&
      high[i] === high[i - 1] &&
      low[i] === low[i - 1] &&
      (word & 1) === (before & 1) &&
      isWhole(word >>> 1) &&
      isWhole(before >>> 1)
    if (!isSame) {
      if (i - start > 1) groups.add(base + start, base + i)
      start = i
    }
    if (i === count) break
    before = word
    order[base + i] = word >>> 1
    ranks[word >>> 1] = base + start
  }
}

/** The 16 bits that a place begins with. What is behind the end counts as the least symbol. */
function sixteenOf(text: Uint8Array | Uint16Array): (place: number) => number {
  const n = text.length
  if (text.BYTES_PER_ELEMENT === 2) return (place) => (place < n ? text[place]! : 0)
  return (place) => (place + 1 < n ? (text[place]! << 8) | text[place + 1]! : place < n ? text[place]! << 8 : 0)
}

function rowsOf(size: number): Rows {
  return { words: new Int32Array(size), high: new Uint32Array(size), low: new Uint32Array(size) }
}

/**
 * The windows of a chunk, those that end with type 0 in front, from the last anchor on: of two that are equal since one reaches behind
 * the end, the shorter suffix comes first, and stays there.
 */
function readWindows(
  text: Uint8Array | Uint16Array,
  { from, to, count }: Chunk,
  { types, anchors, control }: Team,
  { words, high, low }: Rows,
): void {
  const sixteen = sixteenOf(text)
  const last = windowOf(text) - 1
  const step = windowOf(text) / 4
  for (let number = control[anchorCount]! - 1, front = 0, back = count; number >= 0; number--) {
    const place = anchors[number]! >>> 1
    const bits = sixteen(place)
    if (bits < from || bits >= to) continue
    const type = place + last < text.length ? types[place + last]! : 0
    const row = type === 0 ? front++ : --back
    words[row] = 2 * number + type
    high[row] = (bits << 16) | sixteen(place + step)
    low[row] = (sixteen(place + 2 * step) << 16) | sixteen(place + 3 * step)
  }
}

/** The rows by 16 bits of `keys`, one half of their windows; those with the same bits stay in order. */
function scatter(from: Rows, to: Rows, count: number, keys: Uint32Array, shift: number): void {
  const next = new Uint32Array(65_537)
  for (let i = 0; i < count; i++) next[((keys[i]! >>> shift) & 65_535) + 1]!++
  for (let bits = 0; bits < 65_536; bits++) next[bits + 1]! += next[bits]!
  for (let i = 0; i < count; i++) {
    const at = next[(keys[i]! >>> shift) & 65_535]!++
    to.words[at] = from.words[i]!
    to.high[at] = from.high[i]!
    to.low[at] = from.low[i]!
  }
}
