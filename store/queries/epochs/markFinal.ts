import type { Digest } from '../../../kernel/index.ts'
import type { Queryable } from '../../store.ts'
import type { Epoch } from './currentEpoch.ts'
import { moveEpoch } from './moveEpoch.ts'

/** proposed -> final: contributors can claim. Throws store/illegal-move. */
export function markFinal(
  store: Queryable,
  { epoch, finalTx, atMs = Date.now() }: { epoch: number; finalTx: Digest; atMs?: number },
): Promise<Epoch> {
  return moveEpoch(store, { epoch, from: 'proposed', to: 'final', set: { finalTx, finalAtMs: atMs } })
}
