import { createKeccakSponge } from './keccakSponge.ts'
import { refuse, type RewardColumns } from './rewardColumns.ts'

/** A tree over columns, flat. Node i has children 2i+1 and 2i+2, its hash lies at byte 32i; the leaves fill the end, smallest hash last. */
export type RewardNodes = {
  nodes: Uint8Array<ArrayBuffer>
  /** The node of each leaf, in the order of the columns. */
  places: Uint32Array<ArrayBuffer>
  /** Leaf + 1 by payee's key, open addressing (findLeaf). */
  index: Uint32Array<ArrayBuffer>
  totalWei: bigint
}

export type OnGrown = (done: number, of: number) => void

/** Hashes between two reports of progress. */
const reportEvery = 1 << 15

/**
 * The nodes of the reward tree (see rewardTree) over columns, without an object a leaf.
 *
 * Hashes are sorted by their first 32 bits, with the leaf's number beside them in one 64-bit integer, by the sort of typed arrays;
 * the few that share those bits are put in order afterwards. Cost: 4n hashes (two a leaf, one a node, one of each key for the
 * index), n log n comparisons of integers, 170n bytes: 1e6 leaves take about 3 s and 170 MB. Columns own their buffers.
 * Throws chain/reward-leaves for none, a payee twice, an amount of 0, or columns of different lengths.
 */
export function growRewardNodes({ keys, amounts }: RewardColumns, onGrown?: OnGrown): RewardNodes {
  const n = keys.length / 32
  if (n === 0) refuse('there is none', 0)
  if (!Number.isInteger(n) || amounts.length !== 16 * n) refuse('keys and amounts do not stand beside each other', n)
  const totalWei = sumOf(amounts)
  const progress = reporter(onGrown, 3 * n)
  const { words, squeeze } = createKeccakSponge()
  const keyWords = new Uint32Array(keys.buffer, keys.byteOffset, 8 * n)
  const amountWords = new Uint32Array(amounts.buffer, amounts.byteOffset, 4 * n)

  const index = new Uint32Array(tableSize(n))
  const hashes = new Uint32Array(8 * n)
  for (let i = 0; i < n; i++) {
    words.set(keyWords.subarray(8 * i, 8 * i + 8))
    squeeze(32)
    enter(index, words[0]!, i, keyWords)
    words.set(keyWords.subarray(8 * i, 8 * i + 8))
    words.fill(0, 8, 12)
    words.set(amountWords.subarray(4 * i, 4 * i + 4), 12)
    squeeze(64)
    squeeze(32)
    hashes.set(words.subarray(0, 8), 8 * i)
    progress(2)
  }

  const nodeWords = new Uint32Array(8 * (2 * n - 1))
  const nodes = new Uint8Array(nodeWords.buffer)
  const places = new Uint32Array(n)
  for (const [rank, leaf] of sortedByHash(hashes).entries()) {
    const at = 2 * n - 2 - rank
    nodeWords.set(hashes.subarray(8 * leaf, 8 * leaf + 8), 8 * at)
    places[leaf] = at
  }
  for (let i = n - 2; i >= 0; i--) {
    const [left, right] = [2 * i + 1, 2 * i + 2]
    const leftFirst = compareHashes(nodes, left, right) <= 0
    const [first, second] = leftFirst ? [left, right] : [right, left]
    words.set(nodeWords.subarray(8 * first, 8 * first + 8))
    words.set(nodeWords.subarray(8 * second, 8 * second + 8), 8)
    squeeze(64)
    nodeWords.set(words.subarray(0, 8), 8 * i)
    progress(1)
  }
  onGrown?.(3 * n, 3 * n)
  return { nodes, places, index, totalWei }
}

/** The leaf of a payee's key, or undefined. `keyHash` is the first word of the key's keccak256. */
export function findLeaf(index: Uint32Array, keyHash: number, matches: (leaf: number) => boolean): number | undefined {
  const mask = index.length - 1
  for (let slot = keyHash & mask; index[slot] !== 0; slot = (slot + 1) & mask) {
    const leaf = index[slot]! - 1
    if (matches(leaf)) return leaf
  }
  return undefined
}

/** Slots by the hash of a key and not by the key, for anybody may name addresses that would all fall into one place. */
function enter(index: Uint32Array, keyHash: number, leaf: number, keyWords: Uint32Array): void {
  const twin = findLeaf(index, keyHash, (other) => {
    for (let w = 0; w < 8; w++) if (keyWords[8 * leaf + w] !== keyWords[8 * other + w]) return false
    return true
  })
  if (twin !== undefined) refuse(`leaves ${twin} and ${leaf} are of one payee`, keyWords.length / 8)
  const mask = index.length - 1
  let slot = keyHash & mask
  while (index[slot] !== 0) slot = (slot + 1) & mask
  index[slot] = leaf + 1
}

/** A power of two, at least twice as many slots as leaves. */
function tableSize(n: number): number {
  return 2 ** Math.ceil(Math.log2(2 * n))
}

/** Leaves in the order of their hashes. */
function sortedByHash(hashes: Uint32Array<ArrayBuffer>): Uint32Array {
  const n = hashes.length / 8
  const bytes = new Uint8Array(hashes.buffer)
  const view = new DataView(hashes.buffer)
  const pairs = new BigUint64Array(n)
  // The low word is the leaf, the high word the first four bytes of its hash.
  const halves = new Uint32Array(pairs.buffer)
  for (let i = 0; i < n; i++) {
    halves[2 * i] = i
    halves[2 * i + 1] = view.getUint32(32 * i)
  }
  pairs.sort()
  const order = new Uint32Array(n)
  for (let i = 0; i < n; i++) {
    const leaf = halves[2 * i]!
    let at = i
    for (; at > 0 && compareHashes(bytes, order[at - 1]!, leaf) > 0; at--) order[at] = order[at - 1]!
    order[at] = leaf
  }
  return order
}

function compareHashes(bytes: Uint8Array, a: number, b: number): number {
  for (let i = 0; i < 32; i++) {
    const apart = bytes[32 * a + i]! - bytes[32 * b + i]!
    if (apart !== 0) return apart
  }
  return 0
}

/** Sums by 32-bit limbs: each stays exact up to 2^21 amounts at a time. */
function sumOf(amounts: Uint8Array<ArrayBuffer>): bigint {
  const view = new DataView(amounts.buffer, amounts.byteOffset, amounts.byteLength)
  let total = 0n
  for (let from = 0; from < amounts.length; from += 16 * (1 << 20)) {
    const limbs = [0, 0, 0, 0]
    const to = Math.min(amounts.length, from + 16 * (1 << 20))
    for (let at = from; at < to; at += 16) {
      let zero = true
      for (let limb = 0; limb < 4; limb++) {
        const value = view.getUint32(at + 4 * limb)
        limbs[limb]! += value
        zero &&= value === 0
      }
      if (zero) refuse(`leaf ${at / 16} has 0 wei`, amounts.length / 16)
    }
    for (const limb of limbs.keys()) total += BigInt(limbs[limb]!) << BigInt(32 * (3 - limb))
  }
  return total
}

function reporter(onGrown: OnGrown | undefined, of: number): (hashes: number) => void {
  let done = 0
  let next = reportEvery
  return (hashes) => {
    done += hashes
    if (done < next) return
    next += reportEvery
    onGrown?.(done, of)
  }
}
