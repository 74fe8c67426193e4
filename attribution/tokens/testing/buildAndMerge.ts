import { digestText } from '../../../kernel/index.ts'
import { buildIndex } from '../store/appendDocuments.ts'
import { currentManifest } from '../store/manifest.ts'
import { mergeShards } from '../store/mergeShards.ts'
import type { Variant } from '../ShardInput.ts'
import type { TextDocument } from '../TokenIndex.ts'
import { documentsOf } from './indexOf.ts'

/**
 * `node buildAndMerge.ts <dir> <variant> <symbols> <memoryBytes>`: builds an index of so many bytes with a quarter of that memory, and
 * merges it with all of it. Says how many bytes the process took at most while it did each, over what it took before.
 */
const [dir = '', variant, symbols, memory] = process.argv.slice(2)
const memoryBytes = Number(memory)
const length = 1_000

function* documents(from: number, to: number): Generator<TextDocument> {
  for (let i = from; i < to; i++) {
    // Half of it is new, half repeats, as in plain text.
    let state = i + 1
    const text = Array.from({ length: length - 1 }, (_, at) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return at % 200 < 100 ? (at * 7) % 250 : (state >>> 16) % 250
    })
    const [document] = documentsOf([text])
    const sample = digestText(`sample ${i}`)
    yield { ...document!, sample, cluster: sample }
  }
}

const peaks: number[] = []
const measure = async (work: () => Promise<unknown>): Promise<void> => {
  const before = process.memoryUsage().rss
  let peak = before
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 2)
  await work()
  clearInterval(timer)
  peaks.push(peak - before)
}
const kind = { dir, alphabet: 'bytes', variant: variant as Variant } as const
// The first one starts what stays: code, the stacks of threads.
await buildIndex({ ...kind, documents: documents(0, 1) })
const count = Number(symbols) / length
await measure(() => buildIndex({ ...kind, memoryBytes: memoryBytes / 4, documents: documents(1, count) }))
const built = (await currentManifest(dir)).manifest.shards.length
await measure(() => mergeShards({ dir, memoryBytes }))
const merged = (await currentManifest(dir)).manifest.shards.length
console.log(JSON.stringify({ peaks, built, merged }))
