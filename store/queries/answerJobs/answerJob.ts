import { and, eq, isNull } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { answerJobs } from '../../schema/index.ts'

/** Store the answer of a job. The first one stays: false where there was one, or where nobody waits any more. */
export const answerJob = defineQuery(
  'answerJob',
  async ({ db }, { key, answer }: { key: Digest; answer: string }): Promise<boolean> => {
    const stored = await db
      .update(answerJobs)
      .set({ answer })
      .where(and(eq(answerJobs.key, key), isNull(answerJobs.answer)))
      .returning({ key: answerJobs.key })
    return stored.length > 0
  },
)
