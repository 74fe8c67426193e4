import { setParameterCall } from '../chain/index.ts'
import { TributaryError } from '../kernel/index.ts'
import { writeProposalText } from './governing/proposalText.ts'
import { sendProposal } from './governing/sendProposal.ts'
import type { proposeParameter } from './proposeParameter.ts'
import type { Run } from './runTool.ts'

const mostSeconds = 10 * 366 * 86_400

export const run: Run<typeof proposeParameter> = async ({ name, value, why }, { chain }) => {
  const number = BigInt(value)
  const most = name === 'quorumPercent' ? 100n : name.endsWith('Seconds') ? BigInt(mostSeconds) : 2n ** 96n
  const least = name === 'votingPeriodSeconds' ? 1n : 0n
  if (number < least || number > most) {
    throw new TributaryError('The setting is out of range.', {
      code: 'tools/parameter-range',
      facts: { name, value, least: least.toString(), most: most.toString() },
      tryThis: 'name a value between the two',
    })
  }
  const description = writeProposalText({ v: 1, kind: 'parameter', why, name, value })
  return sendProposal(chain, { calls: [setParameterCall(chain.contracts, name, number)], description })
}
