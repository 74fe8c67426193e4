import { and, eq, isNull, or } from 'drizzle-orm'
import { TributaryError, type Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { channels } from '../../schema/index.ts'
import { findChannel } from './findChannel.ts'

export type ChannelVoucher = {
  id: Digest
  /** What must have been charged of the channel before. */
  baseWei: bigint
  /** The voucher: the most that may have been charged after, and the payer's signature. */
  signedWei: bigint
  signature: string
}

/**
 * Take a channel for one payment, if nobody has it and it was charged as the voucher supposes. Only inside the transaction
 * that reserves the payment. Throws payment/channel-busy (retry), payment/voucher-mismatch, store/not-found.
 */
export const takeChannel = defineQuery(
  'takeChannel',
  async (
    store,
    { id, baseWei, signedWei, signature, nonce, atMs }: ChannelVoucher & { nonce: Digest; atMs: number },
  ): Promise<void> => {
    const isFree = or(isNull(channels.pendingNonce), eq(channels.pendingNonce, nonce))
    const taken = await store.db
      .update(channels)
      .set({ pendingNonce: nonce, pendingWei: signedWei, pendingSignature: signature, usedAtMs: atMs })
      .where(and(eq(channels.id, id), eq(channels.chargedWei, baseWei), isFree))
      .returning({ id: channels.id })
    if (taken.length > 0) return
    const channel = await findChannel(store, { id })
    if (channel?.chargedWei === baseWei) throw busy(id, channel.pendingNonce)
    throw new TributaryError('The voucher does not go on from what was charged of the channel.', {
      code: 'payment/voucher-mismatch',
      facts: { channel: id, chargedWei: String(channel?.chargedWei ?? 0n), supposedWei: String(baseWei) },
      tryThis: 'sign a voucher for what was charged (see channelState in PAYMENT-REQUIRED) plus the price',
    })
  },
)

function busy(channel: Digest, pending: Digest | null): TributaryError {
  return new TributaryError('Another payment of this channel is at work.', {
    code: 'payment/channel-busy',
    facts: { channel, pending },
    tryThis: 'wait for its answer, or open a second channel with another salt',
    retry: true,
  })
}
