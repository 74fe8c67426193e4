import { eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { engineWorkers } from '../../schema/index.ts'

/** An engine worker that ends in order: the others take its groups at their next beat. */
export const removeWorker = defineQuery('removeWorker', async ({ db }, { id }: { id: string }): Promise<void> => {
  await db.delete(engineWorkers).where(eq(engineWorkers.id, id))
})
