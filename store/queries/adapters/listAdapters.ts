import { desc } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { adapters } from '../../schema/index.ts'
import type { Adapter } from './saveAdapter.ts'

/** Latest first. */
export const listAdapters = defineQuery('listAdapters', async ({ db }): Promise<Adapter[]> =>
  db.select().from(adapters).orderBy(desc(adapters.createdAtMs), desc(adapters.digest)),
)
