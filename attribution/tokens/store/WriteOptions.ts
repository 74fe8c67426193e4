import type { ShardProgress } from '../ShardProgress.ts'
import type { OnStep } from './IndexFiles.ts'

/** What has been written so far, and how far the shard is that is being made. */
export type IndexProgress = { shards: number; documents: number; symbols: number; shard: ShardProgress }

export type WriteOptions = {
  dir: string
  /** Memory that making a shard may take besides the some 96 MB of its threads themselves: it decides how large a shard gets. */
  memoryBytes?: number
  /** Called some times a second while a shard is made, and with each that is written. */
  onProgress?: (progress: IndexProgress) => void
  signal?: AbortSignal
  onStep?: OnStep
}
