import type { Blobs } from '../../store/index.ts'

type Kept = { value: Promise<unknown>; bytes: number }

const mostBytes = 256 * 2 ** 20
const keptOf = new WeakMap<Blobs, Map<string, Kept>>()

/**
 * What was read, checked and made ready once is kept for the answers that follow, by `key`: a digest and what was made of it.
 * Where all that is kept of a home's blobs is over 256 MiB, what was not used for longest goes; one alone may be over it.
 * What failed is not kept. A file that is changed afterwards is not noticed here: audits check the files themselves.
 */
export async function resident<Value>(
  blobs: Blobs,
  { key, bytes }: { key: string; bytes: number },
  make: () => Promise<Value>,
): Promise<Value> {
  const kept = keptOf.get(blobs) ?? new Map<string, Kept>()
  keptOf.set(blobs, kept)
  const known = kept.get(key)
  kept.delete(key)
  const entry = known ?? { value: make(), bytes }
  kept.set(key, entry)
  if (!known) {
    let held = Array.from(kept.values(), (one) => one.bytes).reduce((sum, size) => sum + size, 0)
    for (const [other, { bytes: size }] of kept) {
      if (held <= mostBytes || other === key) break
      kept.delete(other)
      held -= size
    }
  }
  try {
    return (await entry.value) as Value
  } catch (error) {
    if (kept.get(key) === entry) kept.delete(key)
    throw error
  }
}
