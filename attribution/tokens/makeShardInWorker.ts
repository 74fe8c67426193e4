import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { holderSections, joinSections, type Sections } from './makeShard.ts'
import type { EncodedShard } from './shardHeader.ts'
import type { ShardInput } from './ShardInput.ts'
import type { ShardProgress, TellProgress } from './ShardProgress.ts'
import { teamOf } from './Team.ts'

/** A shorter text is sorted before a second thread has started. */
const shared = 200_000
/** More would wait for the one that puts the rest in order. */
const mostThreads = 2

/** makeShard in threads of its own, which read the text where it lies. `signal` ends them. */
export async function makeShardInWorker(
  input: ShardInput,
  { tell, signal }: { tell?: TellProgress; signal?: AbortSignal | undefined } = {},
): Promise<EncodedShard> {
  signal?.throwIfAborted()
  const { alphabet, variant, text, starts } = input
  const threads = text.length < shared ? 1 : Math.min(mostThreads, availableParallelism())
  const team = teamOf(text.length, threads)
  const { promise, resolve, reject } = Promise.withResolvers<Sections>()
  const workers = Array.from({ length: threads }, (_, thread) => {
    const worker = new Worker(new URL('shardWorker.ts', import.meta.url), {
      workerData: { input: { alphabet, variant, text, starts }, team: { ...team, thread } },
    })
    worker.once('error', reject)
    worker.on('message', (told: { progress: ShardProgress } | { made: Sections }) => {
      if ('made' in told) resolve(told.made)
      else tell?.(told.progress)
    })
    // One that ended early would be waited for by the others for ever.
    worker.once('exit', (code) => {
      if (thread === 0 || code !== 0) reject(new Error('a thread that builds a shard ended early'))
    })
    return worker
  })
  promise.catch(() => undefined)
  const stop = (): void => reject(signal?.reason)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    // While they sort.
    const holders = holderSections(input)
    return joinSections(input, await promise, holders)
  } finally {
    signal?.removeEventListener('abort', stop)
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}
