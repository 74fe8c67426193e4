import { eq } from 'drizzle-orm'
import { TributaryError } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { epochs } from '../../schema/index.ts'

export type Epoch = typeof epochs.$inferSelect

/** The open epoch; the first call opens epoch 1. There is never more than one. */
export const currentEpoch = defineQuery(
  'currentEpoch',
  async ({ db }, { atMs = Date.now() }: { atMs?: number }): Promise<Epoch> => {
    // The second look covers two processes that open the first epoch, or a freeze between two statements.
    for (let look = 0; look < 3; look++) {
      const [open] = await db.select().from(epochs).where(eq(epochs.state, 'open'))
      if (open) return open
      await db.insert(epochs).values({ number: 1, state: 'open', openedAtMs: atMs }).onConflictDoNothing()
    }
    throw new TributaryError('No epoch is open.', {
      code: 'store/no-open-epoch',
      tryThis: 'epochs are opened by freezeEpoch; look at the epochs table for one that was changed by hand',
    })
  },
)
