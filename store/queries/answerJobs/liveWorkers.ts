import { and, asc, eq, gte } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { engineWorkers } from '../../schema/index.ts'
import { databaseNow } from '../leases/databaseNow.ts'

export type EngineWorker = Pick<typeof engineWorkers.$inferSelect, 'id' | 'room'>

/** The engine workers that divide adapters into so many groups and have been heard of lately, by name. */
export const liveWorkers = defineQuery(
  'liveWorkers',
  async ({ db }, { groups }: { groups: number }): Promise<EngineWorker[]> => {
    return db
      .select({ id: engineWorkers.id, room: engineWorkers.room })
      .from(engineWorkers)
      .where(and(eq(engineWorkers.groups, groups), gte(engineWorkers.untilMs, databaseNow)))
      .orderBy(asc(engineWorkers.id))
  },
)
