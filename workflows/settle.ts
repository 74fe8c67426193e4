import type { Digest, WeiString } from '../kernel/index.ts'
import { longStep, step } from './steps.ts'

export type Settled = {
  epoch: number
  root: Digest
  receivedWei: WeiString
  paidWei: WeiString
  treasuryWei: WeiString
  carriedWei: WeiString
  claimedWei: WeiString
}

/**
 * Closes one epoch: freeze, wait for every attribution, archive what an audit replays, split, post, finalise, claim.
 * Every step may be cut and tried again: each looks at what is stored and at the chain before it acts.
 */
export async function settle(epoch: number): Promise<Settled> {
  const frozen = await step.freeze_epoch({ epoch })
  for (const receipt of frozen.receipts as Digest[]) {
    await longStep.trace_answer({ receipt })
    await step.archive_history({ workflow: `attribute/${receipt}` })
  }
  const split = await step.split_epoch({ epoch })
  await step.post_root({ epoch })
  const { claimedWei } = await step.claim({}, `epoch-${epoch}`)
  const { root, receivedWei, paidWei, treasuryWei, carriedWei } = split
  return { epoch, root, receivedWei, paidWei, treasuryWei, carriedWei, claimedWei }
}
