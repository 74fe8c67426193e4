import { and, eq, like, sql } from 'drizzle-orm'
import { digestOf, type Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { answerJobs, answers, effects } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import { getReceipt } from './getReceipt.ts'
import { oneRow } from '../oneRow.ts'

/**
 * Drop the bytes of a request and its answer wherever the store has them: with the receipt, on their way from an engine
 * worker, and in the result of a purchase made in this home. The salted digests in the receipt stay. Throws store/not-found.
 */
export const eraseAnswer = defineQuery(
  'eraseAnswer',
  async (store, { receipt, atMs = Date.now() }: { receipt: Digest; atMs?: number }): Promise<void> =>
    transaction(store, async (tx) => {
      const erased = await tx.db
        .update(answers)
        .set({
          requestText: null,
          answerText: null,
          promptIds: null,
          answerIds: null,
          logprobs: null,
          erasedAtMs: atMs,
        })
        .where(eq(answers.receipt, receipt))
        .returning({ receipt: answers.receipt })
      oneRow(erased, 'answer', { receipt })
      const { payer, nonce } = (await getReceipt(tx, { id: receipt })).receipt
      await tx.db.delete(answerJobs).where(eq(answerJobs.key, digestOf({ payer: payer.toLowerCase(), nonce })))
      await tx.db
        .update(effects)
        .set({ result: sql`jsonb_set(${effects.result}::jsonb, '{text}', '""')::text` })
        .where(and(eq(effects.tool, 'ask'), like(effects.result, `%"receipt":"${receipt}"%`)))
    }),
)
