import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { TributaryError, type Digest, type PayeeId } from '../../kernel/index.ts'
import { findLeaf, growRewardNodes, type OnGrown, type RewardNodes } from './growRewardNodes.ts'
import { growInWorker } from './growInWorker.ts'
import { leafHash, nodeHash } from './leafHash.ts'
import { payeeKey } from './payeeKey.ts'
import { rewardColumns, rewardColumnsInSlices, type RewardColumns, type RewardLeaf } from './rewardColumns.ts'

export type { RewardColumns, RewardLeaf } from './rewardColumns.ts'

export type RewardClaim = RewardLeaf & { proof: Digest[] }
export type RewardTree = {
  root: Digest
  totalWei: bigint
  claim: (payee: PayeeId) => RewardClaim
  /** Payees as they stand in the tree. Claimed in this order, batches have the shortest proofs. */
  inOrder: (payees: readonly PayeeId[]) => PayeeId[]
}

/**
 * The cumulative reward tree that RewardVault checks.
 *
 *   leaf = keccak256(keccak256(abi.encode(bytes32 payeeKey, uint256 cumulativeWei))), node = keccak256(sorted pair)
 *
 * The same tree as @openzeppelin/merkle-tree's StandardMerkleTree of ['bytes32', 'uint256']: leaves sorted by hash,
 * complete binary tree. Independent of the order of `leaves`. Cost: growRewardNodes on this thread, 3 ms for 1,000 leaves;
 * where there may be many, growRewardTree.
 * Throws chain/reward-leaves for none, a payee twice, or an amount that is not positive or over 128 bits.
 */
export function rewardTree(leaves: readonly RewardLeaf[]): RewardTree {
  const columns = rewardColumns(leaves)
  return treeOf(columns, growRewardNodes(columns))
}

/** Trees up to here are grown at once: a worker takes longer to start. */
const largestInline = 4_096

/**
 * The same tree for any number of leaves: a large one grows in a thread of its own, so that this one goes on serving.
 * Columns are handed over, and come back as the tree's own. Progress is in hashes. Throws what rewardTree throws.
 */
export async function growRewardTree(
  leaves: readonly RewardLeaf[] | RewardColumns,
  onGrown?: OnGrown,
): Promise<RewardTree> {
  const columns = isColumns(leaves) ? leaves : await rewardColumnsInSlices(leaves)
  if (columns.keys.length <= 32 * largestInline) return treeOf(columns, growRewardNodes(columns, onGrown))
  const grown = await growInWorker(columns, onGrown)
  return treeOf(grown.columns, grown)
}

function isColumns(leaves: readonly RewardLeaf[] | RewardColumns): leaves is RewardColumns {
  return 'amounts' in leaves
}

/** Whether a claim's leaf and proof lead to the root. Cost: one hash a step. */
export function verifyRewardClaim(root: Digest, { payee, cumulativeWei, proof }: RewardClaim): boolean {
  return proof.reduce(nodeHash, leafHash({ payee, cumulativeWei })) === root
}

function treeOf({ keys, amounts }: RewardColumns, { nodes, places, index, totalWei }: RewardNodes): RewardTree {
  const node = (at: number): Digest => toDigest(nodes.subarray(32 * at, 32 * at + 32))
  const leafOf = (payee: PayeeId): number => {
    const key = hexToBytes(payeeKey(payee).slice(2))
    const leaf = findLeaf(index, new DataView(keccak_256(key).buffer).getUint32(0, true), (at) =>
      key.every((byte, i) => keys[32 * at + i] === byte),
    )
    if (leaf !== undefined) return leaf
    throw new TributaryError('This payee has no leaf in the reward tree.', {
      code: 'chain/no-leaf',
      facts: { payee },
      tryThis: 'ask for its statement: a payee who never earned has no leaf',
    })
  }
  return {
    root: node(0),
    totalWei,
    claim(payee) {
      const leaf = leafOf(payee)
      const proof: Digest[] = []
      for (let at = places[leaf]!; at > 0; at = (at - 1) >> 1) proof.push(node(at % 2 === 1 ? at + 1 : at - 1))
      const cumulativeWei = BigInt(`0x${bytesToHex(amounts.subarray(16 * leaf, 16 * leaf + 16))}`)
      return { payee, cumulativeWei, proof }
    },
    inOrder: (payees) =>
      payees
        .map((payee) => ({ payee, place: places[leafOf(payee)]! }))
        .toSorted((a, b) => b.place - a.place)
        .map(({ payee }) => payee),
  }
}

function toDigest(hash: Uint8Array): Digest {
  return `0x${bytesToHex(hash)}` as Digest
}
