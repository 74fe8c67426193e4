import type { Decision } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { decisions } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import { inChunks } from '../inChunks.ts'

type DecisionBatch = { datanet: string; curation: string; decisions: readonly Decision[]; atMs?: number }

/**
 * Store a batch of decisions of one curation (its workflow id), all or none. The first decision about a sample in
 * a curation stands, so a repeated batch changes nothing. Throws store/query-failed for a sample nobody contributed.
 */
export const recordDecisions = defineQuery(
  'recordDecisions',
  async (store, { datanet, curation, decisions: batch, atMs = Date.now() }: DecisionBatch): Promise<void> =>
    transaction(store, async (tx) => {
      for (const chunk of inChunks(batch)) {
        await tx.db
          .insert(decisions)
          .values(
            chunk.map((decision) => ({ ...decision, cluster: decision.cluster ?? null, datanet, curation, atMs })),
          )
          .onConflictDoNothing()
      }
    }),
)
