import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { ownChannels } from '../../schema/index.ts'

export type OwnChannel = typeof ownChannels.$inferSelect

/** A payment channel that we pay by, or undefined. */
export const findOwnChannel = defineQuery(
  'findOwnChannel',
  async ({ db }, { id }: { id: Digest }): Promise<OwnChannel | undefined> => {
    const [found] = await db.select().from(ownChannels).where(eq(ownChannels.id, id))
    return found
  },
)
