import { channelConfigSchema, claimChannels, claimOf, readChannel, type ChannelClaim } from '../../chain/index.ts'
import type { Digest } from '../../kernel/index.ts'
import { beginSettling, claimableChannels, settleChannel, type Channel } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

export type ChannelsSettled = { channels: number; answers: number; settledWei: bigint; transactions: Digest[] }

/** So many channels are claimed by one transaction: about 2.6 million gas. */
const channelsAtOnce = 100

/**
 * Claims the latest voucher of every channel and settles what it covers. For each: what the chain shows as claimed is written
 * down first (a settlement before this one may have been cut there); the rest becomes `settling`, is sent, and written down.
 */
export async function claimAndSettle(ctx: ToolContext, only?: (channel: Channel) => boolean): Promise<ChannelsSettled> {
  const done: ChannelsSettled = { channels: 0, answers: 0, settledWei: 0n, transactions: [] }
  const found = await claimableChannels(ctx.store, {})
  const channels = only ? found.filter(only) : found
  for (let from = 0; from < channels.length; from += channelsAtOnce) {
    await settleSome(ctx, channels.slice(from, from + channelsAtOnce), done)
  }
  return done
}

async function settleSome(ctx: ToolContext, channels: readonly Channel[], done: ChannelsSettled): Promise<void> {
  const claims: (ChannelClaim & { before: bigint })[] = []
  for (const { id, config, claimedWei: known } of channels) {
    const { claimedWei } = await readChannel(ctx.chain, id)
    if (claimedWei > known) await record(ctx, { id, claimedWei, tx: (await claimOf(ctx.chain, id)).tx as Digest }, done)
    const begun = await beginSettling(ctx.store, { id })
    if (begun === undefined || begun.chargedWei <= claimedWei) continue
    const { chargedWei, signedWei, signature } = begun
    const read = channelConfigSchema.parse(JSON.parse(config))
    claims.push({ id, config: read, chargedWei, signedWei, signature: signature as `0x${string}`, before: claimedWei })
  }
  if (claims.length === 0) return
  const { tx } = await claimChannels(ctx.chain, { claims, server: ctx.keys.server })
  for (const { id, chargedWei, before } of claims) {
    await record(ctx, { id, claimedWei: chargedWei, tx: tx as Digest }, done)
    done.settledWei += chargedWei - before
  }
  done.channels += claims.length
  done.transactions.push(tx as Digest)
}

async function record(
  ctx: ToolContext,
  claimed: { id: Digest; claimedWei: bigint; tx: Digest },
  done: ChannelsSettled,
): Promise<void> {
  const receipts = await settleChannel(ctx.store, { ...claimed, atMs: ctx.now() })
  done.answers += receipts.length
  // Started when the answer left, or now, where that was cut: by its id it runs once.
  for (const receipt of receipts) await ctx.workflows.start('attribute', `attribute/${receipt}`, [receipt])
}
