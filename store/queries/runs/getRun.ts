import { eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { runs } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import type { Run } from './openRun.ts'

/** Throws store/not-found. */
export const getRun = defineQuery('getRun', async ({ db }, { id }: { id: string }): Promise<Run> => {
  return oneRow(await db.select().from(runs).where(eq(runs.id, id)), 'run', { id })
})
