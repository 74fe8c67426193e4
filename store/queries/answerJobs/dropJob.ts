import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { answerJobs } from '../../schema/index.ts'

/** The answer is stored with its receipt: nothing of it stays here. */
export const dropJob = defineQuery('dropJob', async ({ db }, { key }: { key: Digest }): Promise<void> => {
  await db.delete(answerJobs).where(eq(answerJobs.key, key))
})
