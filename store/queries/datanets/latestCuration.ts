import { desc, eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { decisions } from '../../schema/index.ts'

/** The curation (its workflow id) that decided last about a Datanet, or undefined where none has. */
export const latestCuration = defineQuery(
  'latestCuration',
  async ({ db }, { datanet }: { datanet: string }): Promise<string | undefined> => {
    const [last] = await db
      .select({ curation: decisions.curation })
      .from(decisions)
      .where(eq(decisions.datanet, datanet))
      .orderBy(desc(decisions.atMs), desc(decisions.curation))
      .limit(1)
    return last?.curation
  },
)
