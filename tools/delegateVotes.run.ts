import { chainAs, delegateVotes as sendDelegation, readVotes } from '../chain/index.ts'
import { toWeiString, type Address } from '../kernel/index.ts'
import type { delegateVotes } from './delegateVotes.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof delegateVotes> = async ({ key, to }, { chain, keys }) => {
  const account = keys[key].address.toLowerCase() as Address
  const delegate = to ?? account
  const sender = key === 'operator' ? chain : await chainAs(chain, keys[key])
  const { block } = await sendDelegation(sender, delegate, { again: true })
  const { balanceWei, votesWei } = await readVotes(chain, delegate)
  return { account, delegate, balanceWei: toWeiString(balanceWei), votesWei: toWeiString(votesWei), block }
}
