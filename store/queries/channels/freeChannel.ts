import { and, eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { channels } from '../../schema/index.ts'

/** Let go of a channel that a payment had taken; its voucher is forgotten, and nothing was charged. */
export const freeChannel = defineQuery(
  'freeChannel',
  async ({ db }, { id, nonce }: { id: Digest; nonce: Digest }): Promise<void> => {
    await db
      .update(channels)
      .set({ pendingNonce: null, pendingWei: null, pendingSignature: null })
      .where(and(eq(channels.id, id), eq(channels.pendingNonce, nonce)))
  },
)
