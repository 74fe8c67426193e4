import type { finaliseRoot } from './finaliseRoot.ts'
import type { Run } from './runTool.ts'
import { finaliseEpoch } from './settlement/postEpoch.ts'

export const run: Run<typeof finaliseRoot> = async ({ epoch }, ctx) => ({
  epoch,
  transaction: await finaliseEpoch(ctx, epoch),
})
