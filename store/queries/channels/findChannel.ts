import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { channels } from '../../schema/index.ts'

export type Channel = typeof channels.$inferSelect

/** A payment channel that we are paid by, or undefined. */
export const findChannel = defineQuery(
  'findChannel',
  async ({ db }, { id }: { id: Digest }): Promise<Channel | undefined> => {
    const [found] = await db.select().from(channels).where(eq(channels.id, id))
    return found
  },
)
