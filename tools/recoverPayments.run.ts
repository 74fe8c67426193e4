import { toWeiString } from '../kernel/index.ts'
import { claimAndSettle } from './paying/claimAndSettle.ts'
import { reasonToSettle } from './paying/reasonToSettle.ts'
import { recoverPayments as recover } from './paying/recoverPayments.ts'
import type { recoverPayments } from './recoverPayments.ts'
import type { Run } from './runTool.ts'

/** Safe to repeat after a crash anywhere: every payment is judged by what is stored and by the chain. */
export const run: Run<typeof recoverPayments> = async (_, ctx) => {
  const recovered = await recover(ctx)
  const { due, why: reason } = await reasonToSettle(ctx, { force: false })
  const { answers, settledWei } = due ? await claimAndSettle(ctx) : { answers: 0, settledWei: 0n }
  return { ...recovered, channels: { answers, settledWei: toWeiString(settledWei), reason } }
}
