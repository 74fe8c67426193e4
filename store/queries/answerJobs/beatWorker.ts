import { lt, sql } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { engineWorkers } from '../../schema/index.ts'
import { databaseNow } from '../leases/databaseNow.ts'

/** Say that an engine worker is at work for so long; those that have said nothing for long are forgotten. */
export const beatWorker = defineQuery(
  'beatWorker',
  async (
    { db },
    { id, groups, room, leaseMs }: { id: string; groups: number; room: number; leaseMs: number },
  ): Promise<void> => {
    const untilMs = sql`${databaseNow} + ${leaseMs}`
    await db
      .insert(engineWorkers)
      .values({ id, groups, room, untilMs })
      .onConflictDoUpdate({ target: engineWorkers.id, set: { groups, room, untilMs } })
    await db.delete(engineWorkers).where(lt(engineWorkers.untilMs, databaseNow))
  },
)
