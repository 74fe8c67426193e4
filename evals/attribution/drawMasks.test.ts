import { expect, test } from 'vitest'
import { drawMasks, payeeMasks } from './drawMasks.ts'

test('64 masks of 144 samples remove exactly 7 each, differ, are the same for the same seed, and the first ones are those of a longer list', () => {
  const masks = drawMasks(144, { removed: 7, count: 64, seed: 'a' })
  for (const mask of masks) {
    expect(mask.filter((weight) => weight === 0)).toHaveLength(7)
    expect(mask.filter((weight) => weight === 1)).toHaveLength(137)
  }
  expect(new Set(masks.map(String)).size).toBe(64)
  expect(drawMasks(144, { removed: 7, count: 80, seed: 'a' }).slice(0, 64)).toEqual(masks)
  expect(drawMasks(144, { removed: 7, count: 64, seed: 'b' })).not.toEqual(masks)
})

test('a mask for each payee leaves out its samples and nobody else’s', () => {
  expect(payeeMasks([0, 2, 0, 1], 3)).toEqual([
    Float32Array.of(0, 1, 0, 1),
    Float32Array.of(1, 1, 1, 0),
    Float32Array.of(1, 0, 1, 1),
  ])
})
