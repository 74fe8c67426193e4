import {
  digestOf,
  digestTree,
  verifyDigestProof,
  type Digest,
  type DigestProof,
  type Sample,
} from '../../kernel/index.ts'

/**
 * The commitment to one contribution: what goes on chain before the text is shown, so that neither the operator's clock
 * nor somebody who saw the text decides who was first. The salt hides a text that could be guessed.
 *
 *   commitment = sha256 of the canonical ["tributary/commitment/1", salt, payee, sample id]
 */
export function commitTo({ salt, sample }: { salt: Digest; sample: Pick<Sample, 'id' | 'payee'> }): Digest {
  return digestOf(['tributary/commitment/1', salt, sample.payee, sample.id])
}

/**
 * The salt of one sample of a batch, from the one secret of the batch: revealing it reveals no other.
 * Secret: 32 random bytes in hex, drawn once per batch and stored before its root is posted.
 */
export function saltFrom(secret: Digest, sample: Digest): Digest {
  return digestOf(['tributary/salt/1', secret, sample])
}

/** Commitments in commitment order under one root; position i is sample i. */
export type CommittedBatch = {
  root: Digest
  commitments: Digest[]
  salts: Digest[]
  proof: (position: number) => DigestProof
}

/**
 * Commits to samples in their order: the root goes on chain as one batch. A sample whose contributor signed over a salt
 * of his own keeps that one. Throws kernel/empty-tree for no samples. Cost: 4 hashes a sample.
 */
export function commitBatch(
  samples: readonly Pick<Sample, 'id' | 'payee'>[],
  { secret, ownSalts = new Map() }: { secret: Digest; ownSalts?: ReadonlyMap<Digest, Digest> },
): CommittedBatch {
  const salts = samples.map(({ id }) => ownSalts.get(id) ?? saltFrom(secret, id))
  const commitments = samples.map((sample, i) => commitTo({ salt: salts[i]!, sample }))
  const { root, proof } = digestTree(commitments)
  return { root, commitments, salts, proof }
}

/** Whether this salt opens the leaf at `proof.index` of the batch as a contribution of this sample by this payee. */
export function verifyReveal(
  root: Digest,
  { salt, sample, proof }: { salt: Digest; sample: Pick<Sample, 'id' | 'payee'>; proof: DigestProof },
): boolean {
  return verifyDigestProof(root, commitTo({ salt, sample }), proof)
}
