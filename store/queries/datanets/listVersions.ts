import { asc, eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { datanetVersions } from '../../schema/index.ts'
import type { DatanetVersion } from './saveVersion.ts'

/** Oldest first. */
export const listVersions = defineQuery(
  'listVersions',
  async ({ db }, { datanet }: { datanet: string }): Promise<DatanetVersion[]> =>
    db.select().from(datanetVersions).where(eq(datanetVersions.datanet, datanet)).orderBy(asc(datanetVersions.number)),
)
