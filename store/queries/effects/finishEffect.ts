import { and, eq } from 'drizzle-orm'
import { findError, TributaryError } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { effects } from '../../schema/index.ts'
import type { EffectRow } from './claimEffect.ts'

// An attempt is ours while nobody has taken the row over, which raises its number.
const stillOurs = (row: EffectRow) =>
  and(eq(effects.key, row.key), eq(effects.attempt, row.attempt), eq(effects.state, 'started'))

/** Store the result. Throws store/effect-lost when another process took the effect over meanwhile. */
export const finishEffect = defineQuery(
  'finishEffect',
  async ({ db }, { row, result }: { row: EffectRow; result: string }): Promise<void> => {
    const done = await db
      .update(effects)
      .set({ state: 'done', result, failure: null, finishedAtMs: Date.now() })
      .where(stillOurs(row))
      .returning({ key: effects.key })
    if (done.length === 0) {
      throw new TributaryError('Another process took this effect over while it ran.', {
        code: 'store/effect-lost',
        facts: { key: row.key, tool: row.tool, attempt: row.attempt },
        tryThis: 'call again: the stored result is returned',
        retry: true,
      })
    }
  },
)

/** Note that the attempt threw: what it changed is uncertain. Only the code is kept, as messages may quote inputs. */
export const failEffect = defineQuery(
  'failEffect',
  async ({ db }, { row, failure }: { row: EffectRow; failure: unknown }): Promise<void> => {
    await db
      .update(effects)
      .set({ state: 'failed', failure: findError(failure)?.code ?? 'uncoded', finishedAtMs: Date.now() })
      .where(stillOurs(row))
  },
)

export const renewEffect = defineQuery(
  'renewEffect',
  async ({ db }, { row, leaseMs }: { row: EffectRow; leaseMs: number }): Promise<void> => {
    await db
      .update(effects)
      .set({ leaseUntilMs: Date.now() + leaseMs })
      .where(stillOurs(row))
  },
)
