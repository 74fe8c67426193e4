import { and, eq, isNull } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { epochs } from '../../schema/index.ts'

/** Keep where an epoch is published. The first stays: what was handed out under it goes on being found. */
export const recordPublication = defineQuery(
  'recordPublication',
  async ({ db }, { epoch, published }: { epoch: number; published: Digest }): Promise<void> => {
    await db
      .update(epochs)
      .set({ published })
      .where(and(eq(epochs.number, epoch), isNull(epochs.published)))
  },
)
