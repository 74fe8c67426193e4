import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { Digest } from './schemas.ts'
import { TributaryError } from './TributaryError.ts'

/** Where a leaf stands in a tree of `size` leaves, and the siblings from the leaf up to the root. */
export type DigestProof = { index: number; size: number; path: Digest[] }

export type DigestTree = { root: Digest; size: number; proof: (index: number) => DigestProof }

/**
 * The Merkle tree over digests: samples, commitments, evidence.
 *
 *   leaf = sha256(0x00 | digest), node = sha256(0x01 | left | right), an odd node goes up unchanged
 *
 * which is the tree of RFC 9162 §2.1 over 32-byte entries. The prefixes keep a node from passing as a leaf, and no leaf
 * is ever repeated, so two different lists never share a root. Order counts; sort beforehand where it must not.
 * Cost: 2n hashes and 64n bytes. Throws kernel/empty-tree for no leaves, kernel/leaf-index for a leaf that is not there.
 */
export function digestTree(leaves: readonly Digest[]): DigestTree {
  const size = leaves.length
  if (size === 0) {
    throw new TributaryError('A tree of digests needs at least one leaf.', {
      code: 'kernel/empty-tree',
      tryThis: 'leave the root out where there is nothing to commit to',
    })
  }
  const levels = [leafLevel(leaves)]
  for (let level = levels[0]!; level.length > 32;) levels.push((level = parentLevel(level)))
  const at = (level: Uint8Array, i: number) => toDigest(level.subarray(32 * i, 32 * i + 32))

  const proof = (index: number): DigestProof => {
    if (!Number.isInteger(index) || index < 0 || index >= size) {
      throw new TributaryError(`The tree has no leaf ${index}.`, {
        code: 'kernel/leaf-index',
        facts: { index, size },
        tryThis: `ask for a leaf from 0 to ${size - 1}`,
      })
    }
    const path: Digest[] = []
    for (let level = 0, i = index; level < levels.length - 1; level++, i >>>= 1) {
      if ((i ^ 1) * 32 < levels[level]!.length) path.push(at(levels[level]!, i ^ 1))
    }
    return { index, size, path }
  }
  return { root: at(levels.at(-1)!, 0), size, proof }
}

/** The root alone. Throws kernel/empty-tree for no leaves. */
export function digestRoot(leaves: readonly Digest[]): Digest {
  return digestTree(leaves).root
}

/** Whether `leaf` stands at `proof.index` of the tree of `proof.size` leaves with this root. Cost: log2(size) hashes. */
export function verifyDigestProof(root: Digest, leaf: Digest, { index, size, path }: DigestProof): boolean {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) return false
  let hash = hashLeaf(hexToBytes(leaf.slice(2)))
  let used = 0
  for (let i = index, width = size; width > 1; i = Math.floor(i / 2), width = Math.ceil(width / 2)) {
    const isLeft = i % 2 === 0
    if (isLeft && i + 1 === width) continue
    const step = path[used++]
    if (step === undefined) return false
    const sibling = hexToBytes(step.slice(2))
    hash = isLeft ? hashNode(hash, sibling) : hashNode(sibling, hash)
  }
  return used === path.length && toDigest(hash) === root
}

function leafLevel(leaves: readonly Digest[]): Uint8Array {
  const level = new Uint8Array(32 * leaves.length)
  for (const [i, leaf] of leaves.entries()) level.set(hashLeaf(hexToBytes(leaf.slice(2))), 32 * i)
  return level
}

function parentLevel(below: Uint8Array): Uint8Array {
  const width = below.length / 32
  const level = new Uint8Array(32 * Math.ceil(width / 2))
  for (let i = 0; i + 1 < width; i += 2) {
    level.set(hashNode(below.subarray(32 * i, 32 * i + 32), below.subarray(32 * i + 32, 32 * i + 64)), 16 * i)
  }
  if (width % 2 === 1) level.set(below.subarray(-32), level.length - 32)
  return level
}

function hashLeaf(digest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(33)
  bytes.set(digest, 1)
  return sha256(bytes)
}

function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(65)
  bytes[0] = 1
  bytes.set(left, 1)
  bytes.set(right, 33)
  return sha256(bytes)
}

function toDigest(hash: Uint8Array): Digest {
  return `0x${bytesToHex(hash)}` as Digest
}
