import { Worker } from 'node:worker_threads'
import { findError, TributaryError } from '../../kernel/index.ts'
import type { OnGrown, RewardNodes } from './growRewardNodes.ts'
import type { RewardColumns } from './rewardColumns.ts'

/** What the worker says: how far it is, then the tree or why there is none. */
export type GrownMessage =
  | { done: number; of: number }
  | { grown: RewardNodes & { columns: RewardColumns } }
  | { error: unknown }

/**
 * growRewardNodes in a thread that ends with it. The columns' buffers move there and back, so nothing is copied. Throws what
 * growRewardNodes throws, and chain/tree-worker when the thread ends without an answer.
 */
export async function growInWorker(
  columns: RewardColumns,
  onGrown?: OnGrown,
): Promise<RewardNodes & { columns: RewardColumns }> {
  const worker = new Worker(new URL('growWorker.ts', import.meta.url), {
    execArgv: [],
    workerData: columns,
    transferList: [columns.keys.buffer, columns.amounts.buffer],
  })
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (message: GrownMessage) => {
        if ('done' in message) onGrown?.(message.done, message.of)
        else if ('grown' in message) resolve(message.grown)
        else reject(findError(message.error) ?? stopped(message.error))
      })
      worker.on('error', (cause) => reject(stopped(cause)))
      worker.on('exit', () => reject(stopped(undefined)))
    })
  } finally {
    await worker.terminate()
  }
}

function stopped(cause: unknown): TributaryError {
  return new TributaryError('The reward tree was not grown to its end.', {
    code: 'chain/tree-worker',
    facts: cause instanceof Error ? { reason: cause.message } : {},
    tryThis: 'start again; if it repeats, look for want of memory: a tree of 1e6 leaves takes 200 MB',
    retry: true,
    cause,
  })
}
