import { channelConfigSchema, readChannel } from '../../chain/index.ts'
import { claimableChannels, syncChannel, unsettledOfChannels } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

/** What waits is settled once there is so much of it, or the oldest of it is so old. */
export const settleThresholds = { answers: 1_000, wei: 10n ** 18n, ageMs: 60 * 60_000 } as const

/**
 * Whether channels are to be settled now, and why: enough answers or wei wait, or for long enough, or a payer has begun to
 * withdraw from a channel of which something was charged. For the last the chain is asked about each of them: three calls.
 */
export async function reasonToSettle(
  ctx: ToolContext,
  { force }: { force: boolean },
): Promise<{ due: boolean; why: string }> {
  const claimable = await claimableChannels(ctx.store, {})
  if (claimable.length === 0) return { due: false, why: 'nothing was charged that is not settled' }
  if (force) return { due: true, why: 'asked for' }
  const waiting = await unsettledOfChannels(ctx.store, {})
  const { answers, wei, ageMs } = settleThresholds
  if (waiting.answers >= answers) return { due: true, why: `${waiting.answers} answers wait` }
  if (waiting.wei >= wei) return { due: true, why: `${waiting.wei} wei wait` }
  const age = ctx.now() - (waiting.oldestMs ?? ctx.now())
  if (age >= ageMs) return { due: true, why: `the oldest answer waits for ${Math.round(age / 60_000)} minutes` }
  for (const { id, payer, config } of claimable) {
    const state = await readChannel(ctx.chain, id)
    await syncChannel(ctx.store, { id, payer, config, state, atMs: ctx.now() })
    const { withdrawDelay } = channelConfigSchema.parse(JSON.parse(config))
    if (state.withdrawAt !== 0) {
      return { due: true, why: `a payer withdraws from channel ${id.slice(0, 10)} in ${withdrawDelay} s or less` }
    }
  }
  return { due: false, why: `${waiting.answers} answers wait, fewer than ${answers}` }
}
