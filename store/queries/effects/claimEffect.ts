import { and, eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { holderName } from '../../home/processIdentity.ts'
import { effects } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'

export type EffectRow = typeof effects.$inferSelect

/** Write the `started` row, or show the row of whoever came first. */
export const claimEffect = defineQuery(
  'claimEffect',
  async (
    { db },
    { key, tool, input, leaseMs }: { key: string; tool: string; input: Digest; leaseMs: number },
  ): Promise<{ won: boolean; row: EffectRow }> => {
    const nowMs = Date.now()
    const [won] = await db
      .insert(effects)
      .values({
        key,
        tool,
        input,
        state: 'started',
        holder: holderName(),
        attempt: 1,
        startedAtMs: nowMs,
        leaseUntilMs: nowMs + leaseMs,
      })
      .onConflictDoNothing()
      .returning()
    if (won) return { won: true, row: won }
    return { won: false, row: oneRow(await db.select().from(effects).where(eq(effects.key, key)), 'effect', { key }) }
  },
)

/** Take an abandoned row over; undefined when another taker was faster. */
export const takeOverEffect = defineQuery(
  'takeOverEffect',
  async ({ db }, { row, leaseMs }: { row: EffectRow; leaseMs: number }): Promise<EffectRow | undefined> => {
    const nowMs = Date.now()
    const [taken] = await db
      .update(effects)
      .set({
        state: 'started',
        holder: holderName(),
        attempt: row.attempt + 1,
        startedAtMs: nowMs,
        leaseUntilMs: nowMs + leaseMs,
        failure: null,
      })
      .where(and(eq(effects.key, row.key), eq(effects.attempt, row.attempt), eq(effects.state, row.state)))
      .returning()
    return taken
  },
)
