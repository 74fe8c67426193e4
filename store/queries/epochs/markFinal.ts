import type { Digest } from '../../../kernel/index.ts'
import type { Queryable } from '../../store.ts'
import type { Epoch } from './currentEpoch.ts'
import { moveEpoch } from './moveEpoch.ts'

/**
 * proposed -> final: contributors can claim. Closing and proposal may have changed since they were recorded, where a
 * reorganisation took the first ones. Throws store/illegal-move.
 */
export function markFinal(
  store: Queryable,
  {
    epoch,
    atMs = Date.now(),
    ...txs
  }: { epoch: number; finalTx: Digest; closeTx?: Digest; proposeTx?: Digest; atMs?: number },
): Promise<Epoch> {
  return moveEpoch(store, { epoch, from: 'proposed', to: 'final', set: { ...txs, finalAtMs: atMs } })
}
