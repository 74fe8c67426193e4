import { digestOf, digestTree, TributaryError, type Address, type Digest, type DigestTree } from '../../kernel/index.ts'
import type { Owed, PaidAnswer } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import {
  answerLeaf,
  epochLeaf,
  leafDigest,
  owedLeaf,
  scoringLeaf,
  type AnswerLeaf,
  type EpochLeaf,
} from '../proving/evidenceLeaves.ts'

/** What an epoch commits to beside its answers. */
export type EpochFacts = Pick<EpochLeaf, 'rewardRoot' | 'receivedWei' | 'paidWei' | 'treasuryWei' | 'poolWei'> & {
  epoch: number
  scoring: Digest | null
  owed: Owed
}

/** The evidence tree of form 2 over the leaves of all answers in the order of their ids: leaf i stands at place 1 + i. */
export function evidenceTree(
  { chainId, contracts }: Pick<ToolContext['chain'], 'chainId' | 'contracts'>,
  { scoring, owed, ...head }: EpochFacts,
  answers: readonly Digest[],
): DigestTree {
  const vault = contracts.rewardVault.toLowerCase() as Address
  return digestTree([
    leafDigest(epochLeaf({ ...head, chainId, vault, receipts: answers.length })),
    ...answers,
    ...(scoring === null ? [] : [leafDigest(scoringLeaf(head.epoch, scoring))]),
    ...owed.map((one) => leafDigest(owedLeaf(head.epoch, one))),
  ])
}

/** Throws tools/unsigned-scores, store/not-found where the history is not archived yet. */
export function leafOfAnswer(epoch: number, { id, receipt, attribution, scores, history }: PaidAnswer): AnswerLeaf {
  if (scores.signed === null) {
    throw new TributaryError('The scores of this answer were recorded before scores were signed.', {
      code: 'tools/unsigned-scores',
      facts: { receipt: id },
      tryThis: 'its epoch has evidence of the first form: tributary audit recomputes it',
    })
  }
  return answerLeaf(epoch, {
    receipt: id,
    scores: scores.digest,
    attributor: scores.signed.signer,
    signature: scores.signed.signature,
    rule: receipt.rule,
    adapter: receipt.adapter,
    adapterSet: attribution.adapterSet,
    history: archived(id, history),
  })
}

/** Leaf of an answer in the evidence of epochs of before each could be proved by itself. */
export function firstFormLeaf({ id, scores, history }: PaidAnswer): Digest {
  return digestOf({ receipt: id, attribution: scores.digest, history: archived(id, history) })
}

function archived(receipt: Digest, history: Digest | null): Digest {
  if (history !== null) return history
  throw new TributaryError('The history of this attribution is not archived.', {
    code: 'store/not-found',
    facts: { what: 'history', receipt },
    tryThis: 'close the epoch again: each step looks at what is there, and does what is missing',
  })
}
