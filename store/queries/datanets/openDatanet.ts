import { eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { datanets } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'

export type Datanet = typeof datanets.$inferSelect

/** Note a Datanet; one that exists already is returned as it is. */
export const openDatanet = defineQuery(
  'openDatanet',
  async ({ db }, { id, title, atMs = Date.now() }: { id: string; title: string; atMs?: number }): Promise<Datanet> => {
    await db.insert(datanets).values({ id, title, createdAtMs: atMs }).onConflictDoNothing()
    return oneRow(await db.select().from(datanets).where(eq(datanets.id, id)), 'Datanet', { id })
  },
)
