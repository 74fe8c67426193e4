import { and, count, inArray, isNull } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { answerJobs } from '../../schema/index.ts'

/** How many jobs of these queues have no answer yet, whoever asked for them. */
export const openJobs = defineQuery(
  'openJobs',
  async ({ db }, { queues }: { queues: readonly string[] }): Promise<number> => {
    const [row] = await db
      .select({ open: count() })
      .from(answerJobs)
      .where(and(isNull(answerJobs.answer), inArray(answerJobs.queue, [...queues])))
    return row?.open ?? 0
  },
)
