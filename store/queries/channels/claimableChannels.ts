import { asc, gt } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { channels } from '../../schema/index.ts'
import type { Channel } from './findChannel.ts'

/** Channels of which more was charged than was claimed on chain, those of the oldest use first. */
export const claimableChannels = defineQuery('claimableChannels', async ({ db }): Promise<Channel[]> => {
  return db
    .select()
    .from(channels)
    .where(gt(channels.chargedWei, channels.claimedWei))
    .orderBy(asc(channels.usedAtMs), asc(channels.id))
})
