import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { Hex } from 'viem'
import { TributaryError, type Digest, type PayeeId } from '../../kernel/index.ts'
import { payeeKey } from './payeeKey.ts'

export type RewardLeaf = { payee: PayeeId; cumulativeWei: bigint }
export type RewardClaim = RewardLeaf & { proof: Digest[] }
export type RewardTree = { root: Digest; totalWei: bigint; claim: (payee: PayeeId) => RewardClaim }

/**
 * The cumulative reward tree that RewardVault checks.
 *
 *   leaf = keccak256(keccak256(abi.encode(bytes32 payeeKey, uint256 cumulativeWei))), node = keccak256(sorted pair)
 *
 * The same tree as @openzeppelin/merkle-tree's StandardMerkleTree of ['bytes32', 'uint256']: leaves sorted by hash,
 * complete binary tree. Independent of the order of `leaves`. Cost: 3n hashes, n log n comparisons, 64n bytes.
 * Throws chain/reward-leaves for none, a payee twice, or an amount that is not positive or over 128 bits.
 */
export function rewardTree(leaves: readonly RewardLeaf[]): RewardTree {
  const n = leaves.length
  if (n === 0) refuse('there is none', 0)
  const hashed = leaves.map((leaf) => ({ ...leaf, hash: leafHash(leaf) }))
  hashed.sort((a, b) => compare(a.hash, b.hash))

  // Node i has children 2i+1 and 2i+2; the leaves fill the end, smallest hash last.
  const nodes: Uint8Array[] = Array.from({ length: 2 * n - 1 })
  const places = new Map<PayeeId, { at: number; cumulativeWei: bigint }>()
  let totalWei = 0n
  for (const [i, { payee, cumulativeWei, hash }] of hashed.entries()) {
    const at = 2 * n - 2 - i
    nodes[at] = hash
    if (places.has(payee)) refuse(`${payee} stands there twice`, n)
    places.set(payee, { at, cumulativeWei })
    totalWei += cumulativeWei
  }
  for (let i = n - 2; i >= 0; i--) nodes[i] = nodeHash(nodes[2 * i + 1]!, nodes[2 * i + 2]!)

  const claim = (payee: PayeeId): RewardClaim => {
    const place = places.get(payee)
    if (place === undefined) {
      throw new TributaryError('This payee has no leaf in the reward tree.', {
        code: 'chain/no-leaf',
        facts: { payee },
        tryThis: 'ask for its statement: a payee who never earned has no leaf',
      })
    }
    const proof: Digest[] = []
    for (let at = place.at; at > 0; at = (at - 1) >> 1) proof.push(toDigest(nodes[at % 2 === 1 ? at + 1 : at - 1]!))
    return { payee, cumulativeWei: place.cumulativeWei, proof }
  }
  return { root: toDigest(nodes[0]!), totalWei, claim }
}

/** Whether a claim's leaf and proof lead to the root. Cost: one hash a step. */
export function verifyRewardClaim(root: Digest, { payee, cumulativeWei, proof }: RewardClaim): boolean {
  let hash = leafHash({ payee, cumulativeWei })
  for (const step of proof) hash = nodeHash(hash, hexToBytes(step.slice(2)))
  return toDigest(hash) === root
}

function leafHash({ payee, cumulativeWei }: RewardLeaf): Uint8Array {
  if (cumulativeWei <= 0n || cumulativeWei >= 1n << 128n) refuse(`${payee} has ${cumulativeWei} wei`, 1)
  const key: Hex = payeeKey(payee)
  const bytes = hexToBytes(key.slice(2) + cumulativeWei.toString(16).padStart(64, '0'))
  return keccak_256(keccak_256(bytes))
}

function nodeHash(a: Uint8Array, b: Uint8Array): Uint8Array {
  const pair = new Uint8Array(64)
  const aFirst = compare(a, b) <= 0
  pair.set(aFirst ? a : b, 0)
  pair.set(aFirst ? b : a, 32)
  return keccak_256(pair)
}

function compare(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b)
}

function toDigest(hash: Uint8Array): Digest {
  return `0x${bytesToHex(hash)}` as Digest
}

function refuse(reason: string, leaves: number): never {
  throw new TributaryError('These leaves make no reward tree.', {
    code: 'chain/reward-leaves',
    facts: { reason, leaves },
    tryThis: 'one leaf a payee, with what it has earned in all epochs, above 0 and below 2^128 wei',
  })
}
