import { toWeiString } from '../kernel/index.ts'
import { freezeEpoch as freeze, receiptsOfEpoch } from '../store/index.ts'
import type { freezeEpoch } from './freezeEpoch.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof freezeEpoch> = async ({ epoch }, { store, now }) => {
  const { receivedWei } = await freeze(store, { epoch, atMs: now() })
  const receipts = await receiptsOfEpoch(store, { epoch })
  return { epoch, receipts: receipts.map(({ id }) => id), receivedWei: toWeiString(receivedWei ?? 0n) }
}
