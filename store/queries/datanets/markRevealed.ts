import { and, eq, isNull } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { contributions } from '../../schema/index.ts'

/** Note that the salts of a batch were published. A repeat keeps the first time. */
export const markRevealed = defineQuery(
  'markRevealed',
  async (
    { db },
    { datanet, batchRoot, atMs = Date.now() }: { datanet: string; batchRoot: Digest; atMs?: number },
  ): Promise<void> => {
    await db
      .update(contributions)
      .set({ revealedAtMs: atMs })
      .where(
        and(
          eq(contributions.datanet, datanet),
          eq(contributions.batchRoot, batchRoot),
          isNull(contributions.revealedAtMs),
        ),
      )
  },
)
