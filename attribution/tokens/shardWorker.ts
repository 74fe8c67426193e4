import { parentPort, workerData } from 'node:worker_threads'
import { makeShard } from './makeShard.ts'
import type { ShardInput } from './ShardInput.ts'
import { shareSorting } from './suffixArray.ts'
import type { Team } from './Team.ts'

/** A thread of makeShardInWorker: the first makes the shard and tells how far it is, the others sort with it. */
const { input, team } = workerData as { input: ShardInput; team: Team }
if (team.thread === 0) {
  const shard = makeShard(input, (progress) => parentPort!.postMessage({ progress }), team)
  const moved = new Set(shard.parts.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer))
  parentPort!.postMessage({ shard }, [...moved])
} else shareSorting(input.variant === 'plain' ? input.text : input.text.toReversed(), team)
