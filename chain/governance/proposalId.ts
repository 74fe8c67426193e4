import { encodeAbiParameters, keccak256, stringToBytes, type Hex } from 'viem'
import { digestString, type Address, type Digest } from '../../kernel/index.ts'

/** One call that a proposal makes through the timelock. None sends coins. */
export type GovernanceCall = { target: Address; data: Hex }

/** What is proposed: the calls, and the text that says why. The id is over both, so a changed letter is another proposal. */
export type ProposalContent = { calls: readonly GovernanceCall[]; description: string }

const parameters = [{ type: 'address[]' }, { type: 'uint256[]' }, { type: 'bytes[]' }, { type: 'bytes32' }] as const

/** The four arguments by which the governor knows a proposal. */
export function proposalArguments({ calls, description }: ProposalContent): [Address[], bigint[], Hex[], Hex] {
  return [
    calls.map(({ target }) => target),
    calls.map(() => 0n),
    calls.map(({ data }) => data),
    keccak256(stringToBytes(description)),
  ]
}

/** id = keccak256(abi.encode(targets, values, calldatas, keccak256(description))), as 32 bytes. Source: OpenZeppelin's Governor. */
export function proposalId(content: ProposalContent): Digest {
  return digestString.parse(keccak256(encodeAbiParameters(parameters, proposalArguments(content))))
}
