import { eq } from 'drizzle-orm'
import { canonicalText, type Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { tours } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'

export type Tour = typeof tours.$inferSelect

/** Note that a tour began; a tour that exists already is returned as it is, with its first options. */
export const openTour = defineQuery(
  'openTour',
  async (
    { db },
    {
      id,
      questionSet,
      options,
      atMs = Date.now(),
    }: { id: string; questionSet: Digest; options: unknown; atMs?: number },
  ): Promise<Tour> => {
    await db
      .insert(tours)
      .values({ id, questionSet, options: canonicalText(options), startedAtMs: atMs })
      .onConflictDoNothing()
    return oneRow(await db.select().from(tours).where(eq(tours.id, id)), 'tour', { id })
  },
)
