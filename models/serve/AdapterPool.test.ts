import { expect, test } from 'vitest'
import { digestText } from '../../kernel/index.ts'
import { adapterLayout } from '../adapters/AdapterLayout.ts'
import { tempDir } from '../graph/reference/tempDir.ts'
import { tinyLlama } from '../graph/index.ts'
import { AdapterPool } from './AdapterPool.ts'

const { config } = tinyLlama(tempDir())
const layout = adapterLayout(config, { rank: 3, alpha: 6, targets: ['v_proj'], layers: [1] })
const adapterOf = (fill: number) => ({ layout, theta: new Float32Array(layout.length).fill(fill) })
const digest = (k: number) => digestText(`adapter ${k}`)
/** Rank 3 is kept as rank 4: A [32, 4] and B [4, 32] of 4 bytes. */
const bytes = 4 * (32 * 4 + 4 * 32)

test('a rank is rounded up to 4 with zeros, and alpha / rank folded into B', () => {
  const pool = new AdapterPool({ maxBytes: bytes })
  pool.add(digest(1), adapterOf(1))
  const { rank, A, B } = pool.pin(digest(1)).factors.get('1.v_proj')!
  expect(rank).toBe(4)
  expect([...A.subarray(0, 8)]).toEqual([1, 1, 1, 0, 1, 1, 1, 0])
  expect([B[0], B[3 * 32 - 1], B[3 * 32]]).toEqual([2, 2, 0])
  expect(pool.bytes).toBe(bytes)
})

test('of what nobody uses the longest unused goes; what is pinned stays, over the limit too, with its numbers', () => {
  const pool = new AdapterPool({ maxBytes: 2 * bytes })
  const held = (): number[] => [1, 2, 3, 4].filter((k) => pool.has(digest(k)))
  pool.add(digest(1), adapterOf(1))
  pool.add(digest(2), adapterOf(2))
  const first = pool.pin(digest(1))
  pool.unpin(digest(1))
  pool.add(digest(3), adapterOf(3))
  expect(held()).toEqual([1, 3])
  pool.pin(digest(1))
  pool.pin(digest(3))
  pool.add(digest(4), adapterOf(4))
  expect(held()).toEqual([1, 3, 4])
  pool.pin(digest(4))
  expect(pool.bytes).toBe(3 * bytes)
  pool.unpin(digest(3))
  expect(held()).toEqual([1, 4])
  expect(first.factors.get('1.v_proj')!.A[0]).toBe(1)
  expect(() => pool.pin(digest(3))).toThrow(expect.objectContaining({ code: 'models/adapter-absent', retry: true }))
})
