/**
 * Threads that sort one text together, in memory that they share: each has its own parts of the order. 7 bytes a symbol.
 */
export type Team = {
  thread: number
  threads: number
  /** Of each suffix, whether it is less than the one behind it. */
  types: Uint8Array
  /** As anchorsOf writes them. */
  anchors: Int32Array
  /** The numbers of the anchors, as they are sorted. */
  order: Int32Array
  /** Of each anchor, where in the order its group begins. */
  ranks: Int32Array
  /** Threads that have arrived, how often all had, groups that are left after an even and an odd round, anchors, chunks taken. */
  control: Int32Array
}

const arrived = 0
const meetings = 1
export const groupsLeft = 2
export const anchorCount = 4
export const chunksTaken = 5

/** Memory for a text of `length` symbols. */
export function teamOf(length: number, threads: number): Team {
  const shared = (count: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * count))
  const half = (length >>> 1) + 1
  const types = new Uint8Array(new SharedArrayBuffer(length))
  return {
    thread: 0,
    threads,
    types,
    anchors: shared(half),
    order: shared(half),
    ranks: shared(half),
    control: shared(6),
  }
}

/** Returns when all threads have called it: what each wrote before, all see now. */
export function meet({ threads, control }: Team): void {
  if (threads === 1) return
  const before = Atomics.load(control, meetings)
  if (Atomics.add(control, arrived, 1) === threads - 1) {
    Atomics.store(control, arrived, 0)
    Atomics.add(control, meetings, 1)
    Atomics.notify(control, meetings)
  } else {
    while (Atomics.load(control, meetings) === before) Atomics.wait(control, meetings, before)
  }
}
