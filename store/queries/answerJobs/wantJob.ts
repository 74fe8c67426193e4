import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { answerJobs } from '../../schema/index.ts'
import { databaseNow } from '../leases/databaseNow.ts'

/** Say that somebody still waits for this answer. */
export const wantJob = defineQuery('wantJob', async ({ db }, { key }: { key: Digest }): Promise<void> => {
  await db.update(answerJobs).set({ atMs: databaseNow }).where(eq(answerJobs.key, key))
})
