import { parentPort, workerData } from 'node:worker_threads'
import { makeShard } from './makeShard.ts'
import type { ShardInput } from './ShardInput.ts'

/** The thread of makeShardInWorker: makes one shard and ends. */
const shard = makeShard(workerData as ShardInput)
const moved = new Set(shard.parts.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer))
parentPort!.postMessage(shard, [...moved])
