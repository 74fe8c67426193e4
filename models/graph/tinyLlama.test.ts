import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { tempDir } from './reference/tempDir.ts'
import { tinyLlama } from './tinyLlama.ts'

const dir = tempDir()

it('writes the same bytes for the same seed, others for another, and an index whose offsets find each tensor', () => {
  const [first, again, other] = [tinyLlama(`${dir}/a`), tinyLlama(`${dir}/b`), tinyLlama(`${dir}/c`, { seed: 2 })]
  const file = (tiny: typeof first): Buffer => readFileSync(`${tiny.dir}/${tiny.weights.location}`)
  expect(file(again).equals(file(first))).toBe(true)
  expect(file(other).equals(file(first))).toBe(false)

  const bytes = file(first)
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString()) as object
  expect(Object.keys(header)).toEqual(Object.keys(first.weights.entries))
  expect(Object.keys(header)).toHaveLength(2 + 3 * 9)
  for (const [name, { offset, length, shape }] of Object.entries(first.weights.entries)) {
    const stored = new Float32Array(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + length))
    expect(stored, name).toEqual(first.tensors.get(name))
    expect(stored).toHaveLength(shape.reduce((a, b) => a * b))
  }
})

it('writes the config that it returns, and a head of its own when not tied', () => {
  const { config, weights } = tinyLlama(`${dir}/d`, { tied: false, config: { num_hidden_layers: 1 } })
  expect(JSON.parse(readFileSync(`${dir}/d/config.json`, 'utf8'))).toMatchObject({
    ...config,
    tie_word_embeddings: false,
  })
  expect(weights.entries['lm_head.weight']?.shape).toEqual([64, 32])
})
