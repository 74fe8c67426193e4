import { keccak_256 } from '@noble/hashes/sha3.js'
import { TributaryError, type PayeeId } from '../../kernel/index.ts'
import { createKeccakSponge, longestMessage } from './keccakSponge.ts'

export type RewardLeaf = { payee: PayeeId; cumulativeWei: bigint }

/**
 * The leaves of a reward tree as two flat columns, which cross to a worker without a copy: 32 bytes a payee's key
 * (payeeKey), 16 bytes an amount, most significant byte first.
 */
export type RewardColumns = { keys: Uint8Array<ArrayBuffer>; amounts: Uint8Array<ArrayBuffer> }

/** Leaves that are written before others have their turn: about 2 ms. */
const slice = 2_048

/** Writes leaves into columns. Throws chain/reward-leaves for an amount that is not positive or over 128 bits. */
export function rewardColumns(leaves: readonly RewardLeaf[]): RewardColumns {
  const writing = write(leaves)
  for (;;) {
    const { done, value } = writing.next()
    if (done) return value
  }
}

/** The same, giving way to the event loop every 2 ms. */
export async function rewardColumnsInSlices(leaves: readonly RewardLeaf[]): Promise<RewardColumns> {
  const writing = write(leaves)
  for (;;) {
    const { done, value } = writing.next()
    if (done) return value
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function* write(leaves: readonly RewardLeaf[]): Generator<undefined, RewardColumns> {
  const keys = new Uint8Array(32 * leaves.length)
  const amounts = new Uint8Array(16 * leaves.length)
  const halves = new DataView(amounts.buffer)
  const writeKey = createKeyWriter()
  for (const [i, { payee, cumulativeWei }] of leaves.entries()) {
    if (i % slice === slice - 1) yield
    if (cumulativeWei <= 0n || cumulativeWei >= 1n << 128n) refuse(`${payee} has ${cumulativeWei} wei`, leaves.length)
    writeKey(payee, keys, 32 * i)
    halves.setBigUint64(16 * i, cumulativeWei >> 64n)
    halves.setBigUint64(16 * i + 8, BigInt.asUintN(64, cumulativeWei))
  }
  return { keys, amounts }
}

/** payeeKey for many: an address padded on the left, or the hash of a name. */
export function createKeyWriter(): (payee: PayeeId, into: Uint8Array, at: number) => void {
  const { bytes, squeeze } = createKeccakSponge()
  const encoder = new TextEncoder()
  return (payee, into, at) => {
    if (/^0x[0-9a-f]{40}$/.test(payee)) {
      into.fill(0, at, at + 12)
      for (let i = 0; i < 20; i++) into[at + 12 + i] = Number.parseInt(payee.slice(2 + 2 * i, 4 + 2 * i), 16)
      return
    }
    const { read, written } = encoder.encodeInto(payee, bytes.subarray(0, longestMessage))
    if (read < payee.length) {
      into.set(keccak_256(encoder.encode(payee)), at)
      return
    }
    squeeze(written)
    into.set(bytes.subarray(0, 32), at)
  }
}

export function refuse(reason: string, leaves: number): never {
  throw new TributaryError('These leaves make no reward tree.', {
    code: 'chain/reward-leaves',
    facts: { reason, leaves },
    tryThis: 'one leaf a payee, with what it has earned in all epochs, above 0 and below 2^128 wei',
  })
}
