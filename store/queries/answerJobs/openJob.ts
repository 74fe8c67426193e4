import { lt } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { answerJobs } from '../../schema/index.ts'
import { getJob } from './getJob.ts'

export type AnswerJob = typeof answerJobs.$inferSelect

// A payment is over long before: what lies here longer was left by a gateway that died, and is nobody's to keep.
const keptMs = 24 * 3_600_000

/** Ask for an answer under a key, once: the job that is there already, perhaps with its answer, is the job. */
export const openJob = defineQuery(
  'openJob',
  async (
    store,
    { key, queue, request, atMs }: { key: Digest; queue: string; request: string; atMs: number },
  ): Promise<AnswerJob> => {
    await store.db.delete(answerJobs).where(lt(answerJobs.atMs, atMs - keptMs))
    const [opened] = await store.db
      .insert(answerJobs)
      .values({ key, queue, request, atMs })
      .onConflictDoNothing()
      .returning()
    return opened ?? getJob(store, { key })
  },
)
