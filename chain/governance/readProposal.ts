import { getAbiItem } from 'viem'
import { TributaryError, type Address, type Digest } from '../../kernel/index.ts'
import { openGovernor } from '../abis/openGovernor.ts'
import type { Chain } from '../client/openChain.ts'
import { governorLogs } from './governorLogs.ts'
import { proposalId, type GovernanceCall } from './proposalId.ts'

/** In the order of OpenZeppelin's enum. */
export const proposalStates = [
  'pending',
  'active',
  'canceled',
  'defeated',
  'succeeded',
  'queued',
  'expired',
  'executed',
] as const
export type ProposalState = (typeof proposalStates)[number]

/** A proposal as it was sent; times in seconds since 1970, by the clock of blocks. */
export type SentProposal = {
  id: Digest
  proposer: Address
  calls: GovernanceCall[]
  description: string
  /** When weights are taken, and when voting ends. */
  votesFrom: number
  votesUntil: number
  tx: Digest
  block: number
}

export type ProposalOnChain = SentProposal & {
  state: ProposalState
  /** When it may be executed; 0 before it is queued. */
  readyAt: number
  forWei: bigint
  againstWei: bigint
  abstainWei: bigint
  /** What for and abstain must reach together; 0 before weights are taken, for nobody knows it then. */
  quorumWei: bigint
  /** Time of the latest block. */
  now: number
}

type Reads = Pick<Chain, 'reader' | 'contracts' | 'fromBlock'>

/** Every proposal, oldest first, from the events of the governor. */
export async function listProposals(chain: Reads): Promise<SentProposal[]> {
  const logs = await governorLogs(chain, getAbiItem({ abi: openGovernor.abi, name: 'ProposalCreated' }))
  return logs.map(({ args, transactionHash, blockNumber }) => {
    const calls = args.targets.map((target, i) => ({
      target: target.toLowerCase() as Address,
      data: args.calldatas[i]!,
    }))
    return {
      id: proposalId({ calls, description: args.description }),
      proposer: args.proposer.toLowerCase() as Address,
      calls,
      description: args.description,
      votesFrom: Number(args.voteStart),
      votesUntil: Number(args.voteEnd),
      tx: transactionHash as Digest,
      block: Number(blockNumber),
    }
  })
}

/** One proposal with its votes and times. Throws chain/no-proposal. */
export async function readProposal(chain: Reads, id: Digest): Promise<ProposalOnChain> {
  const sent = (await listProposals(chain)).find((one) => one.id === id)
  if (!sent) {
    throw new TributaryError('Nobody made this proposal on this chain.', {
      code: 'chain/no-proposal',
      facts: { proposal: id, governor: chain.contracts.openGovernor },
      tryThis: 'tributary govern list prints the ids of all proposals',
    })
  }
  const governor = { address: chain.contracts.openGovernor, abi: openGovernor.abi }
  const number = BigInt(id)
  const { timestamp } = await chain.reader.getBlock({ blockTag: 'latest' })
  const [state, [againstWei, forWei, abstainWei], readyAt] = await Promise.all([
    chain.reader.readContract({ ...governor, functionName: 'state', args: [number] }),
    chain.reader.readContract({ ...governor, functionName: 'proposalVotes', args: [number] }),
    chain.reader.readContract({ ...governor, functionName: 'proposalEta', args: [number] }),
  ])
  const quorumWei =
    timestamp > BigInt(sent.votesFrom)
      ? await chain.reader.readContract({ ...governor, functionName: 'quorum', args: [BigInt(sent.votesFrom)] })
      : 0n
  return {
    ...sent,
    state: proposalStates[state] ?? 'pending',
    readyAt: Number(readyAt),
    forWei,
    againstWei,
    abstainWei,
    quorumWei,
    now: Number(timestamp),
  }
}
