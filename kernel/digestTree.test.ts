import fc from 'fast-check'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { expect, test } from 'vitest'
import { digestRoot, digestText, digestTree, verifyDigestProof, type Digest } from './index.ts'

const leavesOf = (n: number) => Array.from({ length: n }, (_, i) => digestText(`leaf ${i}`))

// RFC 9162 §2.1.1, as it is written there: split at the largest power of two below n.
function slowRoot(leaves: readonly Digest[]): Uint8Array {
  if (leaves.length === 1) return sha256(concatBytes(Uint8Array.of(0), hexToBytes(leaves[0]!.slice(2))))
  let k = 1
  while (2 * k < leaves.length) k *= 2
  return sha256(concatBytes(Uint8Array.of(1), slowRoot(leaves.slice(0, k)), slowRoot(leaves.slice(k))))
}

test('the root equals the recursive definition of RFC 9162 for 1 to 70 leaves', () => {
  for (let n = 1; n <= 70; n++) expect(digestRoot(leavesOf(n))).toBe(`0x${bytesToHex(slowRoot(leavesOf(n)))}`)
})

test('every leaf of trees of 1 to 40 leaves proves itself, and no other leaf passes with its proof', () => {
  for (let n = 1; n <= 40; n++) {
    const leaves = leavesOf(n)
    const { root, proof } = digestTree(leaves)
    for (let i = 0; i < n; i++) {
      expect(verifyDigestProof(root, leaves[i]!, proof(i))).toBe(true)
      if (n > 1) expect(verifyDigestProof(root, leaves[(i + 1) % n]!, proof(i))).toBe(false)
    }
  }
})

test('a proof with another index, a step more, a step less or a changed step is refused', () => {
  const leaves = leavesOf(11)
  fc.assert(
    fc.property(fc.nat(10), fc.nat(10), fc.nat(3), (i, j, at) => {
      const { root, proof } = digestTree(leaves)
      const good = proof(i)
      if (i !== j) expect(verifyDigestProof(root, leaves[i]!, { ...good, index: j })).toBe(false)
      const { path } = good
      expect(verifyDigestProof(root, leaves[i]!, { ...good, path: [...path, path[0]!] })).toBe(false)
      expect(verifyDigestProof(root, leaves[i]!, { ...good, path: path.slice(1) })).toBe(false)
      const changed = path.with(at % path.length, digestText('other'))
      expect(verifyDigestProof(root, leaves[i]!, { ...good, path: changed })).toBe(false)
      expect(verifyDigestProof(root, leaves[i]!, { ...good, index: -1 })).toBe(false)
      expect(verifyDigestProof(root, leaves[i]!, { ...good, size: 0.5 })).toBe(false)
    }),
  )
})

test('repeating the last leaf, swapping two leaves, or passing the two nodes below the root as leaves changes the root', () => {
  const leaves = leavesOf(5)
  expect(digestRoot([...leaves, leaves[4]!])).not.toBe(digestRoot(leaves))
  expect(digestRoot([leaves[1]!, leaves[0]!, ...leaves.slice(2)])).not.toBe(digestRoot(leaves))
  const nodes = [leaves.slice(0, 4), leaves.slice(4)].map((part) => digestRoot(part))
  expect(digestRoot(nodes)).not.toBe(digestRoot(leaves))
})

test('a tree of nothing and a leaf that is not there are coded errors', () => {
  expect(() => digestTree([])).toThrow(expect.objectContaining({ code: 'kernel/empty-tree' }))
  expect(() => digestTree(leavesOf(3)).proof(3)).toThrow(expect.objectContaining({ code: 'kernel/leaf-index' }))
})
