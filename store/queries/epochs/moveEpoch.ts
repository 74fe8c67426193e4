import { and, eq } from 'drizzle-orm'
import { TributaryError } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { epochs, type EpochState } from '../../schema/index.ts'
import type { Epoch } from './currentEpoch.ts'
import { getEpoch } from './getEpoch.ts'

/** One step along open -> frozen -> proposed -> final -> claimed; a step taken already is not taken again. */
export const moveEpoch = defineQuery(
  'moveEpoch',
  async (
    store,
    { epoch, from, to, set }: { epoch: number; from: EpochState; to: EpochState; set: Partial<Epoch> },
  ): Promise<Epoch> => {
    const [moved] = await store.db
      .update(epochs)
      .set({ ...set, state: to })
      .where(and(eq(epochs.number, epoch), eq(epochs.state, from)))
      .returning()
    if (moved) return moved
    const found = await getEpoch(store, { epoch })
    if (found.state === to) return found
    throw new TributaryError(`Epoch ${epoch} is ${found.state}, so it cannot become ${to}.`, {
      code: 'store/illegal-move',
      facts: { epoch, from: found.state, to },
      tryThis: `it has to be ${from} first`,
    })
  },
)
