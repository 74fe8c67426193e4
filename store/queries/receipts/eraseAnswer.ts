import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { answers } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'

/** Drop the bytes of a request and its answer; the salted digests in the receipt stay. Throws store/not-found. */
export const eraseAnswer = defineQuery(
  'eraseAnswer',
  async ({ db }, { receipt, atMs = Date.now() }: { receipt: Digest; atMs?: number }): Promise<void> => {
    const erased = await db
      .update(answers)
      .set({ requestText: null, answerText: null, promptIds: null, answerIds: null, logprobs: null, erasedAtMs: atMs })
      .where(eq(answers.receipt, receipt))
      .returning({ receipt: answers.receipt })
    oneRow(erased, 'answer', { receipt })
  },
)
