import { asc } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { aliases } from '../../schema/index.ts'

/** Everything that names ever meant, oldest first: the last entry of a name is what it means now. */
export const listAliases = defineQuery('listAliases', async ({ db }): Promise<(typeof aliases.$inferSelect)[]> =>
  db.select().from(aliases).orderBy(asc(aliases.seq)),
)
