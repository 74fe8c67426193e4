import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { answerJobs } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import type { AnswerJob } from './openJob.ts'

/** Throws store/not-found. */
export const getJob = defineQuery('getJob', async ({ db }, { key }: { key: Digest }): Promise<AnswerJob> => {
  return oneRow(await db.select().from(answerJobs).where(eq(answerJobs.key, key)), 'answer job', { key })
})
