import { and, eq, inArray, isNotNull, isNull, or } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { answers, epochs, payments, receipts } from '../../schema/index.ts'

/**
 * Answers whose text its payer wants dropped, and which nothing of ours needs any more: the payment came to nothing, or its
 * epoch is scored and its root proposed.
 */
export const dueErasures = defineQuery('dueErasures', async ({ db }): Promise<Digest[]> => {
  const due = await db
    .select({ receipt: answers.receipt })
    .from(answers)
    .innerJoin(receipts, eq(receipts.id, answers.receipt))
    .innerJoin(payments, and(eq(payments.payer, receipts.payer), eq(payments.nonce, receipts.nonce)))
    .leftJoin(epochs, eq(epochs.number, payments.epoch))
    .where(
      and(
        isNotNull(answers.eraseWishedAtMs),
        isNull(answers.erasedAtMs),
        or(inArray(payments.state, ['failed', 'refunded']), inArray(epochs.state, ['proposed', 'final', 'claimed'])),
      ),
    )
  return due.map(({ receipt }) => receipt)
})
