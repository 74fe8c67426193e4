import { digestOf, type Address, type Digest, type PayeeId, type WeiString } from '../../kernel/index.ts'

/**
 * The leaves of an epoch's evidence tree, form 2. Each is sha-256 of its canonical JSON, whose `kind` keeps one from passing for
 * another; the tree is kernel/digestTree's (RFC 9162). In this order: the epoch, its answers by receipt id, the scoring report,
 * what is owed by account and payee. See docs/epochs.md.
 */
export type EpochLeaf = {
  kind: 'tributary/evidence/epoch/2'
  epoch: number
  chainId: number
  vault: Address
  receipts: number
  rewardRoot: Digest
  receivedWei: WeiString
  paidWei: WeiString
  treasuryWei: WeiString
  poolWei: WeiString
}

/** Everything that one answer is paid by. `scores` is the digest of its Attribution, which the attributor signed. */
export type AnswerLeaf = {
  kind: 'tributary/evidence/answer/2'
  epoch: number
  receipt: Digest
  scores: Digest
  attributor: Address
  signature: string
  rule: Digest
  adapter: Digest
  /** Root of the counterfactual adapters that scored it. */
  adapterSet: Digest
  /** Of the archived history of its attribution. */
  history: Digest
}

export type ScoringLeaf = { kind: 'tributary/evidence/scoring/2'; epoch: number; report: Digest }

/** What losses leave a payee owing, in one account of a share rule, for the next epoch. */
export type OwedLeaf = {
  kind: 'tributary/evidence/owed/2'
  epoch: number
  account: string
  payee: PayeeId
  wei: WeiString
}

export type EvidenceLeaf = EpochLeaf | AnswerLeaf | ScoringLeaf | OwedLeaf

export function epochLeaf(head: Omit<EpochLeaf, 'kind'>): EpochLeaf {
  return { kind: 'tributary/evidence/epoch/2', ...head }
}

export function answerLeaf(epoch: number, answer: Omit<AnswerLeaf, 'kind' | 'epoch'>): AnswerLeaf {
  return { kind: 'tributary/evidence/answer/2', epoch, ...answer }
}

export function scoringLeaf(epoch: number, report: Digest): ScoringLeaf {
  return { kind: 'tributary/evidence/scoring/2', epoch, report }
}

export function owedLeaf(epoch: number, owed: Omit<OwedLeaf, 'kind' | 'epoch'>): OwedLeaf {
  return { kind: 'tributary/evidence/owed/2', epoch, ...owed }
}

export function leafDigest(leaf: EvidenceLeaf): Digest {
  return digestOf(leaf)
}
