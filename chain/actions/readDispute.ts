import { TributaryError, toWeiString, type Address, type Digest, type WeiString } from '../../kernel/index.ts'
import { disputes } from '../abis/disputes.ts'
import type { Chain } from '../client/openChain.ts'

/** In the order of the contract. `open`: the accused may answer; `answered`: a resolver may decide; the others are ends. */
export const disputeStates = ['none', 'open', 'answered', 'upheld', 'dismissed', 'undecided'] as const
export type DisputeState = (typeof disputeStates)[number]

export type Dispute = {
  id: number
  kind: 'root' | 'receipt'
  state: DisputeState
  /** Of the root; 0 for a receipt. */
  epoch: number
  challenger: Address
  /** Who proposed the root, or signed the receipt. */
  accused: Address
  /** The root, or the receipt's id. */
  subject: Digest
  /** Digests of what the parties say; the answer is all zeros before there is one. */
  evidence: Digest
  answer: Digest
  /** In seconds since 1970; `decideUntil` is 0 before there is an answer. */
  answerUntil: number
  decideUntil: number
  slashedWei: WeiString
  /** Of each party. */
  bondWei: WeiString
}

type Reading = Pick<Chain, 'reader' | 'contracts'>

/** A dispute by its number, from 1. Throws chain/no-dispute. */
export async function readDispute({ reader, contracts }: Reading, id: number): Promise<Dispute> {
  const contract = { address: contracts.disputes, abi: disputes.abi }
  const [found, { bondWei }] = await Promise.all([
    reader.readContract({ ...contract, functionName: 'disputeOf', args: [BigInt(id)] }),
    reader.readContract({ ...contract, functionName: 'terms' }),
  ])
  const state = disputeStates[found.state] ?? 'none'
  if (state === 'none') {
    throw new TributaryError('There is no such dispute.', {
      code: 'chain/no-dispute',
      facts: { id },
      tryThis: 'disputes are numbered from 1 in the order in which they were opened',
    })
  }
  return {
    id,
    kind: found.kind === 0 ? 'root' : 'receipt',
    state,
    epoch: Number(found.epoch),
    challenger: found.challenger.toLowerCase() as Address,
    accused: found.accused.toLowerCase() as Address,
    subject: found.subject as Digest,
    evidence: found.evidence as Digest,
    answer: found.answer as Digest,
    answerUntil: Number(found.answerUntil),
    decideUntil: Number(found.decideUntil),
    slashedWei: toWeiString(found.slashedWei),
    bondWei: toWeiString(bondWei),
  }
}

/** What a party locks, in wei. */
export async function readDisputeTerms({ reader, contracts }: Reading): Promise<{ bondWei: bigint }> {
  const { abi } = disputes
  const { bondWei } = await reader.readContract({ address: contracts.disputes, abi, functionName: 'terms' })
  return { bondWei }
}
