import { parentPort, workerData, type Transferable } from 'node:worker_threads'
import type { GrownMessage } from './growInWorker.ts'
import { growRewardNodes } from './growRewardNodes.ts'
import type { RewardColumns } from './rewardColumns.ts'
import { TributaryError } from '../../kernel/index.ts'

/** The thread of growInWorker: grows one tree and ends. */
const say = (message: GrownMessage, transfer: Transferable[] = []): void => parentPort!.postMessage(message, transfer)
const columns = workerData as RewardColumns
try {
  const grown = growRewardNodes(columns, (done, of) => say({ done, of }))
  const moved = [columns.keys, columns.amounts, grown.nodes, grown.places, grown.index].map(({ buffer }) => buffer)
  say({ grown: { ...grown, columns } }, moved)
} catch (error) {
  say({ error: error instanceof TributaryError ? error.toJSON() : error })
}
