import fc from 'fast-check'
import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { keccak256, stringToBytes } from 'viem'
import { describe, expect, test } from 'vitest'
import type { Digest, PayeeId } from '../../kernel/index.ts'
import { payeeKey } from './payeeKey.ts'
import { rewardTree, verifyRewardClaim, type RewardLeaf } from './rewardTree.ts'

const payee = fc.oneof(
  fc.stringMatching(/^[0-9a-f]{40}$/).map((hex) => `0x${hex}` as PayeeId),
  fc.stringMatching(/^[a-z@/-]{1,20}$/).map((name) => `npm:${name}` as PayeeId),
)
const leaves = fc.uniqueArray(fc.record({ payee, cumulativeWei: fc.bigInt({ min: 1n, max: (1n << 128n) - 1n }) }), {
  minLength: 1,
  maxLength: 40,
  selector: (leaf) => leaf.payee,
})

describe('rewardTree', () => {
  test('has root and proofs of OpenZeppelin’s StandardMerkleTree, 200 random trees of 1 to 40 leaves', () => {
    fc.assert(
      fc.property(leaves, (made) => {
        const values = made.map((leaf) => [payeeKey(leaf.payee), leaf.cumulativeWei.toString()])
        const oracle = StandardMerkleTree.of(values, ['bytes32', 'uint256'])
        const tree = rewardTree(made)
        expect(tree.root).toBe(oracle.root)
        for (const [i, leaf] of made.entries()) {
          const claim = tree.claim(leaf.payee)
          expect(claim).toEqual({ ...leaf, proof: oracle.getProof(i) })
          expect(verifyRewardClaim(tree.root, claim)).toBe(true)
          expect(verifyRewardClaim(tree.root, { ...claim, cumulativeWei: claim.cumulativeWei ^ 1n || 2n })).toBe(false)
        }
      }),
      { numRuns: 200, seed: 7 },
    )
  })

  test('does not depend on the order of its leaves, and sums them', () => {
    fc.assert(
      fc.property(leaves, (made) => {
        const tree = rewardTree(made)
        expect(rewardTree(made.toReversed()).root).toBe(tree.root)
        expect(tree.totalWei).toBe(made.reduce((sum, leaf) => sum + leaf.cumulativeWei, 0n))
      }),
      { numRuns: 50, seed: 7 },
    )
  })

  test('of one leaf is that leaf, with an empty proof', () => {
    const tree = rewardTree([{ payee: 'npm:zod' as PayeeId, cumulativeWei: 5n }])
    expect(tree.claim('npm:zod' as PayeeId).proof).toEqual([])
    expect(verifyRewardClaim(tree.root, tree.claim('npm:zod' as PayeeId))).toBe(true)
  })

  test.each<[string, RewardLeaf[]]>([
    ['no leaves', []],
    ['a payee twice', [1n, 2n].map((cumulativeWei) => ({ payee: 'npm:a' as PayeeId, cumulativeWei }))],
    ['0 wei', [{ payee: 'npm:a' as PayeeId, cumulativeWei: 0n }]],
    ['2^128 wei', [{ payee: 'npm:a' as PayeeId, cumulativeWei: 1n << 128n }]],
  ])('refuses %s', (_name, made) => {
    expect(() => rewardTree(made)).toThrowError(expect.objectContaining({ code: 'chain/reward-leaves' }))
  })

  test('has no claim for a payee that never earned', () => {
    const tree = rewardTree([{ payee: 'npm:a' as PayeeId, cumulativeWei: 1n }])
    expect(() => tree.claim('npm:b' as PayeeId)).toThrowError(expect.objectContaining({ code: 'chain/no-leaf' }))
  })

  test('takes under 3 s for 10,000 leaves', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({
      payee: `npm:p${i}` as PayeeId,
      cumulativeWei: BigInt(i + 1),
    }))
    const start = performance.now()
    const { root } = rewardTree(many)
    expect(root).toMatch(/^0x[0-9a-f]{64}$/)
    expect(performance.now() - start).toBeLessThan(3_000)
  })
})

test('payeeKey pads an address to 32 bytes and hashes a name', () => {
  const address = `0x${'ab'.repeat(20)}`
  expect(payeeKey(address as PayeeId)).toBe(`0x${'00'.repeat(12)}${'ab'.repeat(20)}` as Digest)
  expect(payeeKey('npm:zod' as PayeeId)).toBe(keccak256(stringToBytes('npm:zod')))
})
