import { Tensor, type InferenceSession } from 'onnxruntime-node'
import { expect, it } from 'vitest'
import { floats, ints } from './reference/batch.ts'
import { tempDir } from './reference/tempDir.ts'
import { openGraph } from './openGraph.ts'
import { seededNormal } from './seededNormal.ts'
import { serveGraph } from './serveGraph.ts'
import { tinyLlama } from './tinyLlama.ts'

// What answers need of this graph, models/serve/Decoder.test.ts shows; here is what the graph promises by itself.
const { dir, config, weights } = tinyLlama(tempDir(), { seed: 3 })
const size = config.num_key_value_heads * 16
const normal = seededNormal(8)
const numbers = Float32Array.from({ length: 6 * 200 * size }, normal)

/** Inputs for a chunk of one row after `length` tokens, in one lane of two, with memory of some capacity. */
function feeds(lane: number, length: number, capacity: number, chunk: number): Record<string, Tensor> {
  const all: Record<string, Tensor> = {
    input_ids: ints(
      Array.from({ length: chunk }, (_, i) => (7 * i + 3) % 64),
      [1, chunk],
    ),
    positions: ints(
      Array.from({ length: chunk }, (_, i) => length + i),
      [1, chunk],
    ),
    logit_rows: ints([0], [1]),
    lane_rows: ints([lane === 0 ? 1 : 0, lane], [2]),
    chunk_bias: floats(
      Array.from({ length: chunk ** 2 }, (_, i) => (i % chunk > Math.floor(i / chunk) ? -1e9 : 0)),
      [chunk, chunk],
    ),
  }
  for (const index of [0, 1]) {
    const rows = index === lane ? 1 : 0
    all[`past_bias.${index}`] = floats(
      Array.from({ length: rows * capacity }, (_, i) => (i < length ? 0 : -1e9)),
      [rows, 1, 1, 1, capacity],
    )
    for (let block = 0; block < 6; block++) {
      const data = new Float32Array(rows * capacity * size)
      for (let head = 0; head < 2 * rows; head++) {
        const from = (block * 2 + head) * 200 * 16
        data.set(numbers.subarray(from, from + length * 16), head * capacity * 16)
        // What lies behind the tokens may be anything finite.
        data.fill(3, (head * capacity + length) * 16, (head + 1) * capacity * 16)
      }
      const dims = [rows, 2, 1, capacity, 16]
      all[`${block % 2 ? 'values' : 'keys'}.${index}.${block >> 1}`] = new Tensor('float32', data, dims)
    }
  }
  return all
}

async function run(session: InferenceSession, input: Record<string, Tensor>): Promise<[unknown, unknown]> {
  const { logits, new_rows: rows } = await session.run(input)
  return [logits!.data, rows!.data]
}

it('gives a chunk the same bits whatever lane and capacity its past lies in', async () => {
  const session = await openGraph(serveGraph(config, weights).encode(), { dir })
  for (const chunk of [1, 64, 37]) {
    for (const length of [0, 1, 63, 64, 100]) {
      const wanted = await run(session, feeds(0, length, 128, chunk))
      for (const capacity of [192, 256, 1_024]) {
        expect(await run(session, feeds(1, length, capacity, chunk))).toEqual(wanted)
      }
    }
  }
})

it('gives one token the bits that depend on all of its past', async () => {
  const session = await openGraph(serveGraph(config, weights).encode(), { dir })
  const one = feeds(0, 100, 128, 1)
  const wanted = await run(session, one)
  ;(one['values.0.1']!.data as Float32Array)[0]! += 0.5
  expect(await run(session, one)).not.toEqual(wanted)
})

it('has no LoRA inputs without projections, and serves the same base with adapters of rank 0', async () => {
  const bare = serveGraph(config, weights)
  expect(bare.inputs.map((input) => input.name).filter((name) => name.includes('lora'))).toEqual([])
  const adapted = serveGraph(config, weights, { projections: [{ layer: 1, target: 'up_proj' }] })
  const input = feeds(0, 10, 64, 3)
  const wanted = await run(await openGraph(bare.encode(), { dir }), input)
  const nothing = { 'lora_A.1.up_proj': floats([], [1, 32, 0]), 'lora_B.1.up_proj': floats([], [1, 0, 48]) }
  expect(await run(await openGraph(adapted.encode(), { dir }), { ...input, ...nothing })).toEqual(wanted)
})
