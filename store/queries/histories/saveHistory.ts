import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { histories } from '../../schema/index.ts'

export type HistoryRecord = { workflow: string; run: string; blob: Digest; events: number; atMs?: number }

/** Note where the history of a workflow is kept; a later, longer history of it takes the place of the first. */
export const saveHistory = defineQuery(
  'saveHistory',
  async ({ db }, { workflow, run, blob, events, atMs = Date.now() }: HistoryRecord): Promise<void> => {
    await db
      .insert(histories)
      .values({ workflow, run, blob, events, atMs })
      .onConflictDoUpdate({ target: histories.workflow, set: { run, blob, events, atMs } })
  },
)
