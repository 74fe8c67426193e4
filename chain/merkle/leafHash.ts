import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { Digest } from '../../kernel/index.ts'
import { rewardColumns, type RewardLeaf } from './rewardColumns.ts'

/** keccak256(keccak256(abi.encode(bytes32 payeeKey, uint256 cumulativeWei))). Throws chain/reward-leaves. */
export function leafHash({ payee, cumulativeWei }: RewardLeaf): Digest {
  const { keys, amounts } = rewardColumns([{ payee, cumulativeWei }])
  const leaf = new Uint8Array(64)
  leaf.set(keys)
  leaf.set(amounts, 48)
  return `0x${bytesToHex(keccak_256(keccak_256(leaf)))}` as Digest
}

/** keccak256 of both, the smaller one first. */
export function nodeHash(a: Digest, b: Digest): Digest {
  const pair = a < b ? a.slice(2) + b.slice(2) : b.slice(2) + a.slice(2)
  return `0x${bytesToHex(keccak_256(hexToBytes(pair)))}` as Digest
}
