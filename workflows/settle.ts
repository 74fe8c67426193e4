import { patched } from '@temporalio/workflow'
import type { Digest, WeiString } from '../kernel/index.ts'
import { scoreEpoch } from './scoreEpoch.ts'
import { postRoot } from './postRoot.ts'
import { sideBySide, sideBySideWidth } from './sideBySide.ts'
import { longStep, step } from './steps.ts'

export type Settled = {
  epoch: number
  root: Digest
  receivedWei: WeiString
  paidWei: WeiString
  treasuryWei: WeiString
  poolWei: WeiString
  claimedWei: WeiString
}

/**
 * Closes one epoch: settle payment channels, look payments up again, freeze, wait for every attribution, archive what an audit
 * replays, score what is paid exactly, split, post, finalise, publish, claim.
 * Every step may be cut and tried again: each looks at what is stored and at the chain before it acts.
 */
export async function settle(epoch: number): Promise<Settled> {
  // What was paid by channels belongs to the epoch only once it is settled.
  if (patched('channels-before-freeze/1')) await step.settle_channels({ force: true })
  // Settlements that began before this version took what was settled as it was recorded.
  if (patched('payments-are-confirmed/1')) await longStep.confirm_payments({ epoch })
  const frozen = await step.freeze_epoch({ epoch })
  const width = patched('side-by-side/1') ? sideBySideWidth : 1
  await sideBySide(frozen.receipts as Digest[], width, async (receipt) => {
    await longStep.trace_answer({ receipt })
    await step.archive_history({ workflow: `attribute/${receipt}` })
  })
  // Settlements that began before this version pay by the scores that each answer got at once.
  if (patched('scores-that-are-paid/1')) await scoreEpoch(epoch, width)
  const split = await step.split_epoch({ epoch })
  // Posting and claiming wait until what they sent is final. Settlements that began before this version wait out the challenge
  // window inside of one step.
  if (patched('challenge-window-as-timer/1')) await postRoot(epoch)
  else await longStep.post_root({ epoch })
  if (patched('epoch-is-published/1')) await step.publish_epoch({ epoch })
  const { claimedWei } = await longStep.claim({}, `epoch-${epoch}`)
  const { root, receivedWei, paidWei, treasuryWei } = split
  return { epoch, root, receivedWei, paidWei, treasuryWei, ...unearned(split), claimedWei }
}

/** Splits of before pools were on chain said `carriedWei`: their histories are replayed as they were. */
function unearned(split: { poolWei: WeiString; carriedWei?: WeiString }): { poolWei: WeiString } {
  const { poolWei, carriedWei } = split
  return carriedWei === undefined ? { poolWei } : ({ carriedWei } as unknown as { poolWei: WeiString })
}
