import { asc, eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { checkpoints } from '../../schema/index.ts'
import type { Checkpoint } from './recordCheckpoint.ts'

/** By step: the last one is where to resume. */
export const listCheckpoints = defineQuery(
  'listCheckpoints',
  async ({ db }, { run }: { run: string }): Promise<Checkpoint[]> =>
    db.select().from(checkpoints).where(eq(checkpoints.run, run)).orderBy(asc(checkpoints.step)),
)
