import fc from 'fast-check'
import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { keccak256, stringToBytes } from 'viem'
import { describe, expect, test } from 'vitest'
import type { Digest, PayeeId } from '../../kernel/index.ts'
import { payeeKey } from './payeeKey.ts'
import { growRewardTree, rewardTree, verifyRewardClaim, type RewardLeaf } from './rewardTree.ts'
import { rewardColumns } from './rewardColumns.ts'

const payee = fc.oneof(
  fc.stringMatching(/^[0-9a-f]{40}$/).map((hex) => `0x${hex}` as PayeeId),
  fc.stringMatching(/^[a-z@/-]{1,20}$/).map((name) => `npm:${name}` as PayeeId),
  // Names of one block of the hash and of several, and of more bytes than letters.
  fc.integer({ min: 100, max: 300 }).map((length) => `npm:${'ü'.repeat(length)}` as PayeeId),
)
const leaves = fc.uniqueArray(fc.record({ payee, cumulativeWei: fc.bigInt({ min: 1n, max: (1n << 128n) - 1n }) }), {
  minLength: 1,
  maxLength: 300,
  size: 'max',
  selector: (leaf) => leaf.payee,
})

describe('rewardTree', () => {
  test('has root and proofs of OpenZeppelin’s StandardMerkleTree, 40 random trees of 1 to 300 leaves', () => {
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
      { numRuns: 40, seed: 7 },
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

  test('of 20,000 leaves grows in a worker to the root of OpenZeppelin’s, and this thread goes on meanwhile', async () => {
    const many = manyLeaves(20_000)
    const oracle = StandardMerkleTree.of(
      many.map((leaf) => [payeeKey(leaf.payee), leaf.cumulativeWei.toString()]),
      ['bytes32', 'uint256'],
    )
    // Counted between two reports of progress: a tree that grows on this thread leaves none there.
    let turns = 0
    const clock = setInterval(() => {
      if (seen.length > 0) turns++
    }, 1)
    const seen: number[] = []
    const tree = await growRewardTree(many, (done) => seen.push(done))
    clearInterval(clock)
    expect(tree.root).toBe(oracle.root)
    expect(tree.totalWei).toBe((20_000n * 20_001n) / 2n)
    for (let i = 0; i < 20_000; i += 97) {
      const claim = tree.claim(many[i]!.payee)
      expect(claim.proof).toEqual(oracle.getProof(i))
      expect(verifyRewardClaim(tree.root, claim)).toBe(true)
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen.at(-1)).toBe(60_000)
    expect(seen.length).toBeGreaterThan(1)
    expect(turns).toBeGreaterThan(0)
  })

  test('grows from columns too, and refuses in the worker as it does here', async () => {
    const many = manyLeaves(5_000)
    const tree = await growRewardTree(rewardColumns(many))
    expect(tree.root).toBe(rewardTree(many).root)
    expect(tree.claim(many[4_999]!.payee)).toEqual(rewardTree(many).claim(many[4_999]!.payee))
    const twice = [...many, { payee: many[17]!.payee, cumulativeWei: 1n }]
    await expect(growRewardTree(twice)).rejects.toMatchObject({
      code: 'chain/reward-leaves',
      facts: { reason: 'leaves 17 and 5000 are of one payee', leaves: 5_001 },
    })
    const zero = rewardColumns(many)
    zero.amounts.fill(0, 16, 32)
    await expect(growRewardTree(zero)).rejects.toMatchObject({ facts: { reason: 'leaf 1 has 0 wei' } })
    const short = rewardColumns(many)
    await expect(growRewardTree({ ...short, amounts: short.amounts.slice(16) })).rejects.toMatchObject({
      code: 'chain/reward-leaves',
    })
  })
})

function manyLeaves(count: number): RewardLeaf[] {
  return Array.from({ length: count }, (_, i) => ({ payee: `npm:p${i}` as PayeeId, cumulativeWei: BigInt(i + 1) }))
}

test('payeeKey pads an address to 32 bytes and hashes a name', () => {
  const address = `0x${'ab'.repeat(20)}`
  expect(payeeKey(address as PayeeId)).toBe(`0x${'00'.repeat(12)}${'ab'.repeat(20)}` as Digest)
  expect(payeeKey('npm:zod' as PayeeId)).toBe(keccak256(stringToBytes('npm:zod')))
})
