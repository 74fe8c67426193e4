import { defineQuery } from '../../defineQuery.ts'
import { ownChannels } from '../../schema/index.ts'
import type { OwnChannel } from './findOwnChannel.ts'

/** Keep what we know of a channel that we pay by; what is not given stays. */
export const saveOwnChannel = defineQuery(
  'saveOwnChannel',
  async (
    { db },
    channel: Pick<OwnChannel, 'id' | 'atMs'> & Partial<Omit<OwnChannel, 'id' | 'atMs'>>,
  ): Promise<void> => {
    const { id: _, ...set } = channel
    const values = { context: '{}', deposit: null, depositUntilMs: null, ...channel }
    await db.insert(ownChannels).values(values).onConflictDoUpdate({ target: ownChannels.id, set })
  },
)
