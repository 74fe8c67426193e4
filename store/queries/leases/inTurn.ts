import { setTimeout as sleep } from 'node:timers/promises'
import { leaseBusy } from './leaseBusy.ts'

/** The last in line for each key, by database: a PGlite is open in one process only, so nobody else can be in line. */
const lines = new WeakMap<object, Map<string, Promise<unknown>>>()

/** Work on a key, one after the other within this process. Cost: nothing. Throws store/lease-busy (retry) after `waitMs`. */
export async function inTurn<T>(
  owner: object,
  { key, waitMs }: { key: string; waitMs: number },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const line = lines.get(owner) ?? new Map<string, Promise<unknown>>()
  lines.set(owner, line)
  const before = line.get(key)
  const turn = Promise.withResolvers<void>()
  // Resolves to nothing: a line that never empties would else carry all who ever stood in it.
  const mine = Promise.all([before, turn.promise]).then(() => undefined)
  line.set(key, mine)
  // Who gives up leaves the line, but whoever comes next still waits for those before.
  void mine.then(() => line.get(key) === mine && line.delete(key))
  try {
    if (before !== undefined && !(await within(before, waitMs))) throw leaseBusy(key, waitMs)
    // Nobody can take it over.
    return await work(new AbortController().signal)
  } finally {
    turn.resolve()
  }
}

async function within(before: Promise<unknown>, waitMs: number): Promise<boolean> {
  const over = new AbortController()
  const late = sleep(waitMs, false, { signal: over.signal })
  try {
    return await Promise.race([before.then(() => true), late])
  } finally {
    over.abort()
    late.catch(() => undefined)
  }
}
