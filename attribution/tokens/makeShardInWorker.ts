import { Worker } from 'node:worker_threads'
import type { EncodedShard } from './shardHeader.ts'
import type { ShardInput } from './ShardInput.ts'

/** makeShard in a thread of its own, which reads the text where it lies. `signal` ends the thread. */
export async function makeShardInWorker(input: ShardInput, signal?: AbortSignal): Promise<EncodedShard> {
  signal?.throwIfAborted()
  const worker = new Worker(new URL('shardWorker.ts', import.meta.url), { workerData: input })
  const stop = (): unknown => worker.terminate()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise<EncodedShard>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(signal?.reason ?? new Error('the thread that builds a shard ended early')))
    })
  } finally {
    signal?.removeEventListener('abort', stop)
    await worker.terminate()
  }
}
