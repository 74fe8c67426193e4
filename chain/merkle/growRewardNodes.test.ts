import { expect, test } from 'vitest'
import { growRewardNodes } from './growRewardNodes.ts'

test('200,000 leaves stand in the order of their whole hashes, also the 4 pairs that share the first 32 bits', () => {
  const n = 200_000
  const keys = new Uint8Array(32 * n)
  const amounts = new Uint8Array(16 * n).fill(1)
  for (let i = 0; i < n; i++) new DataView(keys.buffer).setUint32(32 * i, i)
  const { nodes, places, totalWei } = growRewardNodes({ keys, amounts })

  const at = (node: number): Buffer => Buffer.from(nodes.buffer, 32 * node, 32)
  let ties = 0
  let wrong = 0
  for (let node = n; node < 2 * n - 1; node++) {
    if (Buffer.compare(at(node - 1), at(node)) <= 0) wrong++
    if (at(node - 1).readUInt32BE() === at(node).readUInt32BE()) ties++
  }
  expect([wrong, ties]).toEqual([0, 4])
  expect(new Set(places).size).toBe(n)
  expect(totalWei).toBe(BigInt(n) * BigInt(`0x${'01'.repeat(16)}`))
})
