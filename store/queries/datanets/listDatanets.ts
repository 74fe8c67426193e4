import { asc } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { datanets } from '../../schema/index.ts'
import type { Datanet } from './openDatanet.ts'

export const listDatanets = defineQuery('listDatanets', async ({ db }): Promise<Datanet[]> =>
  db.select().from(datanets).orderBy(asc(datanets.createdAtMs), asc(datanets.id)),
)
