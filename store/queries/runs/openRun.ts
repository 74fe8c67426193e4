import { eq } from 'drizzle-orm'
import { TributaryError, type Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { runs } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'

export type Run = typeof runs.$inferSelect
export type RunRecord = { id: string; recipe: Digest; base: Digest; datanet: Digest; totalSteps: number; atMs?: number }

/**
 * Note a training run; one that exists already is returned, to be resumed.
 * Throws store/run-conflict when it was opened for another recipe, base, Datanet or length.
 */
export const openRun = defineQuery('openRun', async ({ db }, record: RunRecord): Promise<Run> => {
  const { atMs = Date.now(), ...row } = record
  await db
    .insert(runs)
    .values({ ...row, startedAtMs: atMs })
    .onConflictDoNothing()
  const run = oneRow(await db.select().from(runs).where(eq(runs.id, row.id)), 'run', { id: row.id })
  const { recipe, base, datanet, totalSteps } = row
  if (run.recipe !== recipe || run.base !== base || run.datanet !== datanet || run.totalSteps !== totalSteps) {
    throw new TributaryError('This run was begun for other training.', {
      code: 'store/run-conflict',
      facts: {
        run: run.id,
        firstRecipe: run.recipe,
        recipe,
        firstBase: run.base,
        base,
        firstDatanet: run.datanet,
        datanet,
      },
      tryThis: 'a run id must be made from recipe, base and Datanet',
    })
  }
  return run
})
