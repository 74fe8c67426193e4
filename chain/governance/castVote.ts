import { encodeFunctionData, getAbiItem, hashTypedData, type Hex, type LocalAccount } from 'viem'
import { TributaryError, type Address, type Digest } from '../../kernel/index.ts'
import { openGovernor } from '../abis/openGovernor.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { recordedDifferently } from '../actions/recordedDifferently.ts'

/** In the order of GovernorCountingSimple's enum. */
export const supports = ['against', 'for', 'abstain'] as const
export type Support = (typeof supports)[number]

export type SignedVote = { proposal: Digest; voter: Address; support: Support; signature: Hex }

const types = {
  Ballot: [
    { name: 'proposalId', type: 'uint256' },
    { name: 'support', type: 'uint8' },
    { name: 'voter', type: 'address' },
    { name: 'nonce', type: 'uint256' },
  ],
} as const

/** What a voter signs, as EIP-712 data: the next nonce of the voter is in it, so a ballot is good for one vote. */
export async function ballotOf(
  chain: Pick<Chain, 'reader' | 'contracts' | 'chainId'>,
  { proposal, voter, support }: Omit<SignedVote, 'signature'>,
) {
  const { reader, contracts, chainId } = chain
  const nonce = await reader.readContract({
    address: contracts.openGovernor,
    abi: openGovernor.abi,
    functionName: 'nonces',
    args: [voter],
  })
  return {
    domain: { name: 'Tributary Governor', version: '1', chainId, verifyingContract: contracts.openGovernor },
    types,
    primaryType: 'Ballot',
    message: { proposalId: BigInt(proposal), support: supports.indexOf(support), voter, nonce },
  } as const
}

/** Signs a vote with a key at hand. */
export async function signVote(
  chain: Pick<Chain, 'reader' | 'contracts' | 'chainId'>,
  account: LocalAccount,
  vote: { proposal: Digest; support: Support },
): Promise<SignedVote> {
  const voter = account.address.toLowerCase() as Address
  const ballot = await ballotOf(chain, { ...vote, voter })
  return { ...vote, voter, signature: await account.signTypedData(ballot) }
}

/**
 * Sends a signed vote as this chain's sender, who pays the gas and decides nothing, once. Accounts with code sign by ERC-1271.
 * Throws chain/recorded-differently where the voter voted otherwise before, chain/bad-ballot for a signature of somebody else
 * or of an earlier nonce, chain/reverted outside the time of voting, and what `sendOnce` throws.
 */
export async function castVote(chain: Chain, vote: SignedVote): Promise<Sent & { weightWei: bigint }> {
  const { proposal, voter, support, signature } = vote
  const address = chain.contracts.openGovernor
  const { abi } = openGovernor
  const id = BigInt(proposal)
  const done = async () => {
    const hasVoted = await chain.reader.readContract({ address, abi, functionName: 'hasVoted', args: [id, voter] })
    if (!hasVoted) return undefined
    const { said, tx, block } = await findVote(chain, proposal, voter)
    if (said !== support) throw recordedDifferently('vote on proposal', proposal, { voter, support: said })
    return { tx, block }
  }
  if ((await done()) === undefined) await checkSignature(chain, vote)
  const sent = await sendOnce(chain, {
    action: `voting ${support} ${proposal.slice(0, 10)}`,
    to: address,
    abi,
    data: encodeFunctionData({
      abi,
      functionName: 'castVoteBySig',
      args: [id, supports.indexOf(support), voter, signature],
    }),
    done,
  })
  return { ...sent, weightWei: (await findVote(chain, proposal, voter)).weightWei }
}

async function checkSignature(chain: Chain, { signature, ...vote }: SignedVote): Promise<void> {
  const hash = hashTypedData(await ballotOf(chain, vote))
  if (await chain.reader.verifyHash({ address: vote.voter, hash, signature })) return
  throw new TributaryError('The ballot is not signed by its voter, or was signed for another time.', {
    code: 'chain/bad-ballot',
    facts: { proposal: vote.proposal, voter: vote.voter, support: vote.support },
    tryThis: 'sign the ballot anew: each vote of a voter has a nonce of its own',
  })
}

async function findVote(chain: Chain, proposal: Digest, voter: Address) {
  const event = getAbiItem({ abi: openGovernor.abi, name: 'VoteCast' })
  const logs = await chain.reader.getLogs({
    address: chain.contracts.openGovernor,
    event,
    args: { voter },
    fromBlock: chain.fromBlock,
    strict: true,
  })
  const found = logs.find(({ args }) => args.proposalId === BigInt(proposal))
  if (found) {
    const { args, transactionHash, blockNumber } = found
    const said = supports[args.support] ?? 'abstain'
    return { said, weightWei: args.weight, tx: transactionHash, block: Number(blockNumber) }
  }
  // Throws that the node keeps no such log.
  const { tx, block } = await findTransaction(chain, { address: chain.contracts.openGovernor, event, args: { voter } })
  return { said: 'abstain' as Support, weightWei: 0n, tx, block }
}
