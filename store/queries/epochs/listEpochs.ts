import { asc } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { epochs } from '../../schema/index.ts'
import type { Epoch } from './currentEpoch.ts'

export const listEpochs = defineQuery('listEpochs', async ({ db }): Promise<Epoch[]> =>
  db.select().from(epochs).orderBy(asc(epochs.number)),
)
