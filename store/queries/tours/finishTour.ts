import { and, eq, isNull } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { tours } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import type { Tour } from './openTour.ts'

/** Store the summary (JSON text, fractions allowed) of a tour; the first one stays. Throws store/not-found. */
export const finishTour = defineQuery(
  'finishTour',
  async ({ db }, { id, summary, atMs = Date.now() }: { id: string; summary: string; atMs?: number }): Promise<Tour> => {
    await db
      .update(tours)
      .set({ summary, finishedAtMs: atMs })
      .where(and(eq(tours.id, id), isNull(tours.summary)))
    return oneRow(await db.select().from(tours).where(eq(tours.id, id)), 'tour', { id })
  },
)
