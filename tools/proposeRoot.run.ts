import type { proposeRoot } from './proposeRoot.ts'
import type { Run } from './runTool.ts'
import { proposeEpoch } from './settlement/postEpoch.ts'

export const run: Run<typeof proposeRoot> = async ({ epoch }, ctx) => {
  const { close, propose } = await proposeEpoch(ctx, epoch)
  return { epoch, transactions: [close, propose] }
}
