import { TributaryError, type Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import type { Epoch } from './currentEpoch.ts'
import { getEpoch } from './getEpoch.ts'
import { moveEpoch } from './moveEpoch.ts'

/** frozen -> proposed: the root is on chain, its challenge window runs. Throws store/illegal-move without a root. */
export const markProposed = defineQuery(
  'markProposed',
  async (
    store,
    {
      epoch,
      proposeTx,
      closeTx,
      atMs = Date.now(),
    }: { epoch: number; proposeTx: Digest; closeTx: Digest; atMs?: number },
  ): Promise<Epoch> => {
    const { root, state } = await getEpoch(store, { epoch })
    if (root === null) {
      throw new TributaryError(`Epoch ${epoch} has no statement, so there is no root to propose.`, {
        code: 'store/illegal-move',
        facts: { epoch, from: state, to: 'proposed' },
        tryThis: 'record its statement first',
      })
    }
    return moveEpoch(store, { epoch, from: 'frozen', to: 'proposed', set: { proposeTx, closeTx, proposedAtMs: atMs } })
  },
)
