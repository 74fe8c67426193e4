import { castVote as sendVote, signVote } from '../chain/index.ts'
import { toWeiString } from '../kernel/index.ts'
import type { castVote } from './castVote.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof castVote> = async ({ proposal, support, signed, key }, { chain, keys }) => {
  const vote = signed
    ? { proposal, support, voter: signed.voter, signature: signed.signature }
    : await signVote(chain, keys[key], { proposal, support })
  const { weightWei, tx } = await sendVote(chain, vote)
  return { proposal, voter: vote.voter, support, weightWei: toWeiString(weightWei), transaction: tx }
}
