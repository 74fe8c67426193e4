import { channelConfigSchema, readChannel, refundChannel } from '../chain/index.ts'
import { toWeiString, TributaryError } from '../kernel/index.ts'
import { findChannel, syncChannel } from '../store/index.ts'
import type { closeChannel } from './closeChannel.ts'
import { claimAndSettle } from './paying/claimAndSettle.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof closeChannel> = async ({ channel: id }, ctx) => {
  const found = await findChannel(ctx.store, { id })
  if (found === undefined) {
    throw new TributaryError('No payment of this channel was ever seen here.', {
      code: 'payment/channel-unknown',
      facts: { channel: id },
      tryThis: 'name a channel that was paid from; an unused deposit is withdrawn by its payer',
    })
  }
  if (found.pendingNonce !== null) {
    throw new TributaryError('A payment of this channel is at work.', {
      code: 'payment/channel-busy',
      facts: { channel: id, pending: found.pendingNonce },
      tryThis: 'wait until it is answered, then close the channel',
      retry: true,
    })
  }
  await claimAndSettle(ctx, (one) => one.id === id)
  const config = channelConfigSchema.parse(JSON.parse(found.config))
  const before = await readChannel(ctx.chain, id)
  const amountWei = before.balanceWei - before.claimedWei
  const { refundNonce } = before
  const { payer } = found
  const closed = { channel: id, payer, claimedWei: toWeiString(before.claimedWei) }
  if (amountWei === 0n) return { ...closed, refundedWei: toWeiString(0n), transaction: '' }
  const { tx } = await refundChannel(ctx.chain, { id, config, amountWei, refundNonce, server: ctx.keys.server })
  const state = await readChannel(ctx.chain, id)
  await syncChannel(ctx.store, { id, payer, config: found.config, state, atMs: ctx.now() })
  return { ...closed, refundedWei: toWeiString(amountWei), transaction: tx }
}
