import { and, eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { channels, payments } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'

/** Written before a claim is sent: the answered payments of a channel become `settling`. Returns what was charged by then. */
export const beginSettling = defineQuery(
  'beginSettling',
  async (
    store,
    { id }: { id: Digest },
  ): Promise<{ chargedWei: bigint; signedWei: bigint; signature: string } | undefined> =>
    transaction(store, async ({ db }) => {
      // The row lock keeps an answer from being charged between the two statements.
      const [channel] = await db
        .select()
        .from(channels)
        .where(eq(channels.id, id))

        .for('update')
      if (!channel || channel.signedWei === null || channel.signature === null) return undefined
      await db
        .update(payments)
        .set({ state: 'settling' })
        .where(and(eq(payments.channel, id), eq(payments.state, 'answered')))
      const { chargedWei, signedWei, signature } = channel
      return { chargedWei, signedWei, signature }
    }),
)
