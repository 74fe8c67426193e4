import { toWeiString } from '../kernel/index.ts'
import { freezeEpoch as freeze, receiptsOfEpoch } from '../store/index.ts'
import type { freezeEpoch } from './freezeEpoch.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof freezeEpoch> = async ({ epoch }, { chain, store, now }) => {
  // Where blocks can be replaced, only what confirm_payments has seen again is taken; the rest waits for the next epoch.
  const confirmedOnly = chain.confirmations > 0
  const { receivedWei } = await freeze(store, { epoch, atMs: now(), confirmedOnly })
  const receipts = await receiptsOfEpoch(store, { epoch })
  return { epoch, receipts: receipts.map(({ id }) => id), receivedWei: toWeiString(receivedWei ?? 0n) }
}
