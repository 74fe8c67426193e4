import { makeShardInWorker } from '../makeShardInWorker.ts'
import type { ShardInput } from '../ShardInput.ts'
import type { ShardProgress } from '../ShardProgress.ts'
import type { ShardEntry } from './manifest.ts'
import { writeShard } from './shardFile.ts'
import type { WriteOptions } from './WriteOptions.ts'

/** Makes and writes shards one after another, and tells how far it is. Throws attribution/disk-full. */
export function shardWriter({
  dir,
  onProgress,
  signal,
  onStep,
}: WriteOptions): (input: ShardInput) => Promise<ShardEntry> {
  const done = { shards: 0, documents: 0, symbols: 0 }
  return async (input) => {
    const tell = (shard: ShardProgress): void => onProgress?.({ ...done, shard })
    const made = await makeShardInWorker(input, { tell, signal })
    const bytes = made.parts.reduce((sum, part) => sum + part.length, 0)
    tell({ phase: 'write', done: 0, of: bytes })
    const entry = await writeShard(dir, made, onStep)
    done.shards++
    done.documents += entry.documents
    done.symbols += entry.symbols
    tell({ phase: 'write', done: bytes, of: bytes })
    return entry
  }
}
