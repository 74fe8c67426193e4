import { lt, sql } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { answerJobs } from '../../schema/index.ts'
import { databaseNow } from '../leases/databaseNow.ts'

export type AnswerJob = typeof answerJobs.$inferSelect

// A payment is over long before: what nobody has wanted for so long was left by a gateway that died, and is nobody's to keep.
const keptMs = 24 * 3_600_000

/** Ask for an answer under a key, once: the job that is there already, perhaps with its answer, is the job. It is wanted now. */
export const openJob = defineQuery(
  'openJob',
  async ({ db }, { key, queue, request }: { key: Digest; queue: string; request: string }): Promise<AnswerJob> => {
    await db.delete(answerJobs).where(lt(answerJobs.atMs, sql`${databaseNow} - ${keptMs}`))
    const [job] = await db
      .insert(answerJobs)
      .values({ key, queue, request, atMs: databaseNow })
      .onConflictDoUpdate({ target: answerJobs.key, set: { atMs: databaseNow } })
      .returning()
    return job as AnswerJob
  },
)
