import { and, eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { contributions } from '../../schema/index.ts'

/** Note the transaction that put a batch root on chain. */
export const markBatchOnChain = defineQuery(
  'markBatchOnChain',
  async ({ db }, { datanet, batchRoot, tx }: { datanet: string; batchRoot: Digest; tx: Digest }): Promise<void> => {
    await db
      .update(contributions)
      .set({ batchTx: tx })
      .where(and(eq(contributions.datanet, datanet), eq(contributions.batchRoot, batchRoot)))
  },
)
