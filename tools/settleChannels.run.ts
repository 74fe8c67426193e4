import { toWeiString } from '../kernel/index.ts'
import { unsettledOfChannels } from '../store/index.ts'
import { claimAndSettle } from './paying/claimAndSettle.ts'
import { reasonToSettle } from './paying/reasonToSettle.ts'
import type { Run } from './runTool.ts'
import type { settleChannels } from './settleChannels.ts'

/** Safe to repeat after a crash anywhere: the chain is asked what was claimed before anything is sent or written. */
export const run: Run<typeof settleChannels> = async ({ force }, ctx) => {
  const reason = await reasonToSettle(ctx, { force })
  const isDue = reason.due
  const done = isDue ? await claimAndSettle(ctx) : { channels: 0, answers: 0, settledWei: 0n, transactions: [] }
  const { answers, wei } = await unsettledOfChannels(ctx.store, {})
  return {
    ...done,
    settledWei: toWeiString(done.settledWei),
    waiting: { answers, wei: toWeiString(wei) },
    reason: reason.why,
  }
}
