import { TributaryError, type Digest } from '../../kernel/index.ts'
import { leafHash, nodeHash } from './leafHash.ts'
import type { RewardClaim } from './rewardTree.ts'

export type BatchProof = {
  /** In ascending order of their leaves, as the vault wants them. */
  claims: RewardClaim[]
  /** What is beside the ways of all of them to the root, each hash once. */
  proof: Digest[]
  /** Which steps join two of the batch: bit i of word j is step 256 j + i. */
  flags: bigint[]
}

type Node = { hash: Digest; rest: readonly Digest[] }

/**
 * One proof for many claims of one tree, made of their single proofs: the multiproof of @openzeppelin/merkle-tree, its flags packed.
 * The nearer the claims are to each other in the tree the shorter it is: about log2(leaves / claims) hashes a claim for any of
 * them, next to none for neighbours (inTreeOrder). Cost: one hash a step. A proof that leads elsewhere is not noticed here:
 * the vault refuses it. Throws chain/batch for none, one twice, or proofs that cannot be of one tree.
 */
export function batchProof(claims: readonly RewardClaim[]): BatchProof {
  const sorted = withLeaves(claims)
  const queue: Node[] = sorted.map(({ hash, claim }) => ({ hash, rest: claim.proof }))
  const proof: Digest[] = []
  const flags: bigint[] = []
  let step = 0
  let at = 0
  // A node's sibling is the next one of the queue or not in it at all: leaves that ascend stand from the last node to the first.
  for (; queue[at]!.rest.length > 0; step++) {
    const { hash, rest } = queue[at++]!
    const [beside, ...above] = rest as [Digest, ...Digest[]]
    const joins = queue[at]?.hash === beside
    if (joins) {
      at++
      flags[step >> 8] = (flags[step >> 8] ?? 0n) | (1n << BigInt(step & 255))
    } else {
      flags[step >> 8] ??= 0n
      proof.push(beside)
    }
    queue.push({ hash: nodeHash(hash, beside), rest: above })
  }
  if (at !== queue.length - 1) refuse('their proofs do not end at one root', claims.length)
  return { claims: sorted.map(({ claim }) => claim), proof, flags }
}

/** Claims as they stand in the tree: batches of neighbours have the shortest proofs. */
export function inTreeOrder(claims: readonly RewardClaim[]): RewardClaim[] {
  return byLeaf(claims).map(({ claim }) => claim)
}

function withLeaves(claims: readonly RewardClaim[]): { hash: Digest; claim: RewardClaim }[] {
  if (claims.length === 0) refuse('there is none', 0)
  const sorted = byLeaf(claims)
  const twin = sorted.findIndex(({ hash }, i) => hash === sorted[i + 1]?.hash)
  if (twin !== -1) refuse(`${sorted[twin]!.claim.payee} is there twice`, claims.length)
  return sorted
}

function byLeaf(claims: readonly RewardClaim[]): { hash: Digest; claim: RewardClaim }[] {
  return claims
    .map((claim) => ({ hash: leafHash(claim), claim }))
    .toSorted((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0))
}

function refuse(reason: string, claims: number): never {
  throw new TributaryError('These claims make no batch.', {
    code: 'chain/batch',
    facts: { reason, claims },
    tryThis: 'claims of one epoch, each payee once, with the proofs as they were published',
  })
}
