import { readPool, spendPoolCall } from '../chain/index.ts'
import { digestText, TributaryError } from '../kernel/index.ts'
import { reasonOf, writeProposalText } from './governing/proposalText.ts'
import { sendProposal } from './governing/sendProposal.ts'
import type { proposeSpending } from './proposeSpending.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof proposeSpending> = async ({ datanet, to, wei, why }, { chain }) => {
  const id = digestText(datanet)
  const { balanceWei } = await readPool(chain, id)
  if (BigInt(wei) === 0n || BigInt(wei) > balanceWei) {
    throw new TributaryError('The pool does not hold so much, or nothing is asked of it.', {
      code: 'tools/pool-too-small',
      facts: { datanet, wei, balanceWei: balanceWei.toString() },
      tryThis: 'tributary govern pool shows what it holds',
    })
  }
  const reason = reasonOf(why)
  const description = writeProposalText({ v: 1, kind: 'pool', why, datanet, to, wei, reason })
  const call = spendPoolCall(chain.contracts, { datanet: id, to, wei: BigInt(wei), reason })
  return sendProposal(chain, { calls: [call], description })
}
