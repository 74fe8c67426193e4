import { ne, sql } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { calls } from '../../schema/index.ts'

/** One line of the decision trace of a workflow. */
export type Call = typeof calls.$inferSelect

/**
 * Notes a call under its key: one row, however often it was tried. A success is never written over; a failure is, by what
 * became of a later attempt. The time stays that of the first. Cost: one statement.
 */
export const recordCall = defineQuery('recordCall', async ({ db }, call: Call): Promise<void> => {
  const { key: _, atMs: __, ...later } = call
  await db
    .insert(calls)
    .values(call)
    .onConflictDoUpdate({ target: calls.key, set: later, setWhere: ne(calls.state, sql`'done'`) })
})
