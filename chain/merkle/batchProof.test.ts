import fc from 'fast-check'
import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { expect, test } from 'vitest'
import type { Digest, PayeeId } from '../../kernel/index.ts'
import { batchProof, inTreeOrder } from './batchProof.ts'
import { payeeKey } from './payeeKey.ts'
import { growRewardTree, rewardTree, type RewardClaim, type RewardLeaf } from './rewardTree.ts'

const leavesOf = (count: number): RewardLeaf[] =>
  Array.from({ length: count }, (_, i) => ({ payee: `npm:p${i}` as PayeeId, cumulativeWei: BigInt(i + 1) }))

const asWords = (flags: readonly boolean[]): bigint[] => {
  const words: bigint[] = []
  for (const [i, flag] of flags.entries()) {
    words[i >> 8] ??= 0n
    if (flag) words[i >> 8]! |= 1n << BigInt(i % 256)
  }
  return words
}

test('is OpenZeppelin’s multiproof of the same leaves, in the same order: 60 random batches of trees of 1 to 600 leaves', () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 600 })
        .chain((count) =>
          fc.tuple(
            fc.constant(count),
            fc.uniqueArray(fc.nat(count - 1), { minLength: 1, maxLength: count, size: 'max' }),
          ),
        ),
      ([count, members]) => {
        const leaves = leavesOf(count)
        const values = leaves.map((leaf) => [payeeKey(leaf.payee), leaf.cumulativeWei.toString()])
        const oracle = StandardMerkleTree.of(values, ['bytes32', 'uint256'])
        const tree = rewardTree(leaves)
        const { claims, proof, flags } = batchProof(members.map((i) => tree.claim(leaves[i]!.payee)))
        const theirs = oracle.getMultiProof(members)

        expect(proof).toEqual(theirs.proof)
        expect(flags).toEqual(asWords(theirs.proofFlags))
        expect(claims.map(({ payee, cumulativeWei }) => [payeeKey(payee), cumulativeWei.toString()])).toEqual(
          theirs.leaves,
        )
        const payees = members.map((i) => leaves[i]!.payee)
        expect(tree.inOrder(payees)).toEqual(claims.map(({ payee }) => payee))
      },
    ),
    { numRuns: 60, seed: 7 },
  )
})

test('of one claim is its own proof, with flags that ask for nothing else', () => {
  const claim = rewardTree(leavesOf(300)).claim('npm:p17' as PayeeId)
  expect(batchProof([claim])).toEqual({ claims: [claim], proof: claim.proof, flags: [0n] })
  const alone = rewardTree(leavesOf(1)).claim('npm:p0' as PayeeId)
  expect(batchProof([alone])).toEqual({ claims: [alone], proof: [], flags: [] })
})

test('of 100 neighbours among 20,000 has 20 hashes at most, of 100 of them anywhere about seven a claim', async () => {
  const leaves = leavesOf(20_000)
  const tree = await growRewardTree(leaves)
  const claimsOf = (payees: readonly PayeeId[]): RewardClaim[] => payees.map((payee) => tree.claim(payee))
  const all = tree.inOrder(leaves.map(({ payee }) => payee))
  for (const from of [0, 7_200, 12_767, 19_900])
    expect(batchProof(claimsOf(all.slice(from, from + 100))).proof.length).toBeLessThanOrEqual(20)
  const anywhere = claimsOf(leaves.slice(0, 100).map(({ payee }) => payee))
  expect(batchProof(anywhere).proof.length).toBeGreaterThan(600)
  expect(batchProof(anywhere).proof.length).toBeLessThan(800)
  expect(inTreeOrder(anywhere)).toEqual(batchProof(anywhere).claims)
})

test('refuses none, one twice, and claims of two trees', () => {
  const [small, large] = [rewardTree(leavesOf(5)), rewardTree(leavesOf(300))]
  const one = small.claim('npm:p1' as PayeeId)
  const refused = (reason: string): unknown =>
    expect.objectContaining({ code: 'chain/batch', facts: expect.objectContaining({ reason }) as object })
  expect(() => batchProof([])).toThrowError(refused('there is none'))
  expect(() => batchProof([one, one])).toThrowError(refused('npm:p1 is there twice'))
  expect(() => batchProof([one, large.claim('npm:p7' as PayeeId)])).toThrowError(
    refused('their proofs do not end at one root'),
  )
  const cut = { ...one, proof: [] as Digest[] }
  expect(() => batchProof([cut, small.claim('npm:p2' as PayeeId)])).toThrowError(
    expect.objectContaining({ code: 'chain/batch' }),
  )
})
