import { asc, eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { leaves } from '../../schema/index.ts'

export type Leaf = typeof leaves.$inferSelect

/** All leaves of an epoch's tree, by payee. */
export const leavesOf = defineQuery('leavesOf', async ({ db }, { epoch }: { epoch: number }): Promise<Leaf[]> => {
  return db.select().from(leaves).where(eq(leaves.epoch, epoch)).orderBy(asc(leaves.payee))
})
