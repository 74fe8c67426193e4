import { sql } from 'drizzle-orm'
import type { Address, Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { channels } from '../../schema/index.ts'
import { lowerCase } from '../payments/paymentRow.ts'
import type { Channel } from './findChannel.ts'

export type ChannelOnChain = { balanceWei: bigint; claimedWei: bigint; withdrawAt: number; refundNonce: number }

/**
 * Keep what the chain says of a channel. One that was never seen begins with what was claimed of it; one that was claimed
 * further than it was charged here (its rows were lost) is charged up to there. What is older than what is kept is dropped.
 */
export const syncChannel = defineQuery(
  'syncChannel',
  async (
    { db },
    {
      id,
      payer,
      config,
      state,
      atMs,
    }: { id: Digest; payer: Address; config: string; state: ChannelOnChain; atMs: number },
  ): Promise<Channel> => {
    const { claimedWei } = state
    const [kept] = await db
      .insert(channels)
      .values({
        id,
        payer: lowerCase(payer),
        config,
        chargedWei: claimedWei,
        ...state,
        syncedAtMs: atMs,
        usedAtMs: atMs,
      })
      .onConflictDoUpdate({
        target: channels.id,
        set: {
          ...state,
          claimedWei: sql`greatest(${channels.claimedWei}, ${claimedWei.toString()}::numeric)`,
          chargedWei: sql`greatest(${channels.chargedWei}, ${claimedWei.toString()}::numeric)`,
          syncedAtMs: sql`greatest(${channels.syncedAtMs}, ${atMs})`,
        },
      })
      .returning()
    return kept as Channel
  },
)
