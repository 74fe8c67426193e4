import { encodeAbiParameters, keccak256, type Hex } from 'viem'

const step = [{ type: 'bytes32' }, { type: 'uint256' }] as const

/**
 * Which members of an adapter set a seed draws: `drawn` of RetrainBond.sol, for whoever wants to check a draw.
 *
 *   j = i + keccak256(abi.encode(seed, i)) mod (members − i); take place j, move place i there; for i < picks
 *
 * All sets of `picks` of `members` are equally likely but for 2^-249. Cost: one hash a pick.
 */
export function drawnMembers(seed: Hex, members: number, picks: number): number[] {
  const order = Array.from({ length: members }, (_, i) => i)
  return Array.from({ length: picks }, (_, i) => {
    const hash = BigInt(keccak256(encodeAbiParameters(step, [seed, BigInt(i)])))
    const j = i + Number(hash % BigInt(members - i))
    const picked = order[j]!
    order[j] = order[i]!
    return picked
  })
}

/** The seed of an adapter's draw from the hash of its draw block. */
export function drawSeedOf(blockHash: Hex, adapter: Hex): Hex {
  return keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'bytes32' }], [blockHash, adapter]))
}
