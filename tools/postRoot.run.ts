import { getEpoch } from '../store/index.ts'
import type { postRoot } from './postRoot.ts'
import type { Run } from './runTool.ts'
import { finaliseEpoch, proposeEpoch } from './settlement/postEpoch.ts'

/** Settlements of before the challenge window was a timer of the workflow wait it out in here. */
export const run: Run<typeof postRoot> = async ({ epoch }, ctx) => {
  const { closeTx, proposeTx, finalTx } = await getEpoch(ctx.store, { epoch })
  // Cut after the last step: it is on record.
  if (closeTx !== null && proposeTx !== null && finalTx !== null)
    return { epoch, transactions: [closeTx, proposeTx, finalTx] }
  const { close, propose } = await proposeEpoch(ctx, epoch)
  return { epoch, transactions: [close, propose, await finaliseEpoch(ctx, epoch)] }
}
