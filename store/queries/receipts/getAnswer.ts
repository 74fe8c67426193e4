import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { answers } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'

export type Answer = typeof answers.$inferSelect

/** The stored request and answer of a receipt; their texts are null once erased. Throws store/not-found. */
export const getAnswer = defineQuery('getAnswer', async ({ db }, { receipt }: { receipt: Digest }): Promise<Answer> => {
  return oneRow(await db.select().from(answers).where(eq(answers.receipt, receipt)), 'answer', { receipt })
})
