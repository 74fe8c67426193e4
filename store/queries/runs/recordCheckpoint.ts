import { and, eq } from 'drizzle-orm'
import { TributaryError, type Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { checkpoints } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'

export type Checkpoint = typeof checkpoints.$inferSelect
export type CheckpointRecord = {
  run: string
  step: number
  state: Digest
  blob?: Digest
  lossMicroNats?: number
  atMs?: number
}

/**
 * Commit the state of a run at a step. The same state again changes nothing.
 * Throws store/checkpoint-diverged when the step was reached with other bytes before: training was not deterministic.
 */
export const recordCheckpoint = defineQuery(
  'recordCheckpoint',
  async ({ db }, { atMs = Date.now(), ...record }: CheckpointRecord): Promise<Checkpoint> => {
    const { run, step, state } = record
    const [written] = await db
      .insert(checkpoints)
      .values({ ...record, atMs })
      .onConflictDoNothing()
      .returning()
    if (written) return written
    const rows = await db
      .select()
      .from(checkpoints)
      .where(and(eq(checkpoints.run, run), eq(checkpoints.step, step)))
    const first = oneRow(rows, 'checkpoint', { run, step })
    if (first.state === state) return first
    throw new TributaryError(`Step ${step} of a run was reached with other bytes before.`, {
      code: 'store/checkpoint-diverged',
      facts: { run, step, firstState: first.state, state },
      tryThis: 'training must give the same bits: compare runtime, CPU class and threads of the two attempts',
    })
  },
)
