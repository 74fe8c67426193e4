import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { runs } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import type { Run } from './openRun.ts'

/** Note the adapter that a run ended in. Throws store/not-found. */
export const finishRun = defineQuery(
  'finishRun',
  async ({ db }, { id, adapter, atMs = Date.now() }: { id: string; adapter: Digest; atMs?: number }): Promise<Run> => {
    const rows = await db.update(runs).set({ adapter, finishedAtMs: atMs }).where(eq(runs.id, id)).returning()
    return oneRow(rows, 'run', { id })
  },
)
