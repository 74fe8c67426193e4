import type { RewardColumns } from '../../../chain/index.ts'

/** So many payees with addresses of their own, each with so many wei. The i-th is `payeeAddress(i)`. */
export function rewardLeaves(count: number, wei = 1_000n): RewardColumns {
  const keys = new Uint8Array(32 * count)
  const amounts = new Uint8Array(16 * count)
  const [keyView, amountView] = [new DataView(keys.buffer), new DataView(amounts.buffer)]
  for (let i = 0; i < count; i++) {
    keyView.setUint32(32 * i + 12, 0x7ee00000)
    keyView.setUint32(32 * i + 28, i)
    amountView.setBigUint64(16 * i + 8, wei)
  }
  return { keys, amounts }
}

export function payeeAddress(i: number): `0x${string}` {
  return `0x7ee00000${i.toString(16).padStart(32, '0')}`
}
