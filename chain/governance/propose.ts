import { encodeFunctionData } from 'viem'
import { TributaryError, type Address, type Digest } from '../../kernel/index.ts'
import { openGovernor } from '../abis/openGovernor.ts'
import { openToken } from '../abis/openToken.ts'
import { untilChainTime } from '../actions/untilChainTime.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { delegateVotes, readVotes } from './delegateVotes.ts'
import { proposalArguments, proposalId, type ProposalContent } from './proposalId.ts'
import { listProposals } from './readProposal.ts'

/**
 * Makes a proposal as the sender of this chain, once: its id is over calls and description, and the governor takes no
 * second of the same. A sender that holds tokens and has delegated to nobody delegates to itself first, since votes count only then.
 * Throws chain/no-votes below the governor's threshold, chain/reverted, and what `sendOnce` throws.
 */
export async function propose(chain: Chain, content: ProposalContent): Promise<Sent & { id: Digest }> {
  const id = proposalId(content)
  const { abi } = openGovernor
  const address = chain.contracts.openGovernor
  const find = async () => {
    const found = (await listProposals(chain)).find((one) => one.id === id)
    return found && { tx: found.tx, block: found.block }
  }
  const before = await find()
  if (before) return { ...before, sent: false, id }
  await ensureVotes(chain)
  const [targets, values, calldatas] = proposalArguments(content)
  const sent = await sendOnce(chain, {
    action: `proposing ${id.slice(0, 10)}`,
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'propose', args: [targets, values, calldatas, content.description] }),
    done: find,
  })
  return { ...sent, id }
}

async function ensureVotes(chain: Chain): Promise<void> {
  const account = chain.writer.account.address.toLowerCase() as Address
  await delegateVotes(chain, account)
  const { votesWei } = await readVotes(chain, account)
  const thresholdWei = await chain.reader.readContract({
    address: chain.contracts.openGovernor,
    abi: openGovernor.abi,
    functionName: 'proposalThreshold',
  })
  if (votesWei >= thresholdWei) return untilVotesCount(chain, account, thresholdWei)
  throw new TributaryError('The proposer has fewer votes than a proposal needs.', {
    code: 'chain/no-votes',
    facts: { account, votesWei: votesWei.toString(), thresholdWei: thresholdWei.toString() },
    tryThis: 'let holders delegate to the proposer, or let one who has the votes propose',
  })
}

/** The threshold asks for the votes of the second before: votes that came with the latest block count only in a later one. */
async function untilVotesCount(chain: Chain, account: Address, thresholdWei: bigint): Promise<void> {
  const { timestamp } = await chain.reader.getBlock({ blockTag: 'latest' })
  const before = await chain.reader.readContract({
    address: chain.contracts.openToken,
    abi: openToken.abi,
    functionName: 'getPastVotes',
    args: [account, timestamp - 1n],
  })
  if (before < thresholdWei) await untilChainTime(chain, Number(timestamp) + 2)
}
