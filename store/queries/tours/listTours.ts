import { desc } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { tours } from '../../schema/index.ts'
import type { Tour } from './openTour.ts'

/** Latest first. */
export const listTours = defineQuery(
  'listTours',
  async ({ db }, { limit = 100 }: { limit?: number }): Promise<Tour[]> =>
    db.select().from(tours).orderBy(desc(tours.startedAtMs), desc(tours.id)).limit(limit),
)
