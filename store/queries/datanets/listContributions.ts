import { asc, eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { contributions } from '../../schema/index.ts'

export type Contribution = typeof contributions.$inferSelect

/** In the order of commitment. */
export const listContributions = defineQuery(
  'listContributions',
  async ({ db }, { datanet }: { datanet: string }): Promise<Contribution[]> =>
    db.select().from(contributions).where(eq(contributions.datanet, datanet)).orderBy(asc(contributions.position)),
)
