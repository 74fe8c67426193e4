import { and, count, gte, inArray, isNull, sql } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { answerJobs } from '../../schema/index.ts'
import { databaseNow } from '../leases/databaseNow.ts'

/** A gateway that waits for an answer says so more often than that; see wantJob. */
const wantedForMs = 10_000

/**
 * How many jobs of these queues have no answer yet and are waited for, whoever asked for them. One whose buyer hung up, or whose
 * gateway died, takes nobody's room: it is there for when the buyer comes back.
 */
export const openJobs = defineQuery(
  'openJobs',
  async ({ db }, { queues }: { queues: readonly string[] }): Promise<number> => {
    const [row] = await db
      .select({ open: count() })
      .from(answerJobs)
      .where(
        and(
          isNull(answerJobs.answer),
          inArray(answerJobs.queue, [...queues]),
          gte(answerJobs.atMs, sql`${databaseNow} - ${wantedForMs}`),
        ),
      )
    return row?.open ?? 0
  },
)
