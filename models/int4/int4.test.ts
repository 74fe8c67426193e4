import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText } from '../../kernel/index.ts'
import { openGraph, seededNormal } from '../graph/index.ts'
import { Graph } from '../graph/Graph.ts'
import { blockProduct } from '../graph/llama/blockProduct.ts'
import { createEngine, initialAdapter, packInt4, prepareBase, tinyBase, type BaseModel, type Engine } from '../index.ts'
import { ggmlTypes } from '../load/ggmlTypes.ts'
import { ggufFixture } from '../load/ggufFixture.ts'
import { dequantise } from './dequantise.ts'
import { packQ41, packQ80 } from './packBlocks.ts'
import { packGguf } from './packGguf.ts'
import { baseTensor } from './reference/baseTensor.ts'
import { readLogits } from './readLogits.ts'

let home: string
let file: string
let base: BaseModel
let bases = 0
const freshBase = (): Promise<BaseModel> => prepareBase({ file, into: join(home, `base-${bases++}`) })

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'int4-'))
  file = join(home, 'fixture.gguf')
  writeFileSync(file, ggufFixture().bytes)
  base = await freshBase()
  await packInt4({ base, file })
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('9 packed matrices of the fixture, 4 of Q4_1 and 5 of Q8_0, are to the bit those of the base folder', () => {
  const packed = packGguf(file)
  const bits = [...packed.values()].map((matrix) => matrix.bits)
  expect(bits.filter((b) => b === 4)).toHaveLength(4)
  expect(bits.filter((b) => b === 8)).toHaveLength(5)
  expect(packed.has('model.embed_tokens.weight')).toBe(true)
  // Both with rows in rotary order: q of Q8_0 and k of Q4_1.
  expect(packed.has('model.layers.1.self_attn.q_proj.weight')).toBe(true)
  expect(packed.get('model.layers.1.self_attn.k_proj.weight')!.bits).toBe(4)
  for (const [name, matrix] of packed) expect(dequantise(matrix), name).toEqual(baseTensor(base, name))
})

test('any block of Q4_1 is packed to the bit or refused, any of Q8_0 to the bit', () => {
  const half = fc.integer({ min: 0, max: 0xffff }).filter((bits) => ((bits >> 10) & 31) !== 31)
  const seen = { exact: 0, refused: 0 }
  const decoded = (type: number, bytes: Buffer): Float32Array => {
    const out = new Float32Array(32)
    ggmlTypes[type]!.decode(bytes, out)
    return out
  }
  const differing = (a: Float32Array, b: Float32Array): number => a.filter((value, i) => value !== b[i]).length
  fc.assert(
    fc.property(half, half, fc.uint8Array({ minLength: 32, maxLength: 32 }), (scale, least, codes) => {
      const q41 = Buffer.alloc(20)
      q41.writeUInt16LE(scale)
      q41.writeUInt16LE(least, 2)
      q41.set(codes.subarray(0, 16), 4)
      const packed = packQ41(q41, { rows: 1, columns: 32 })
      if (packed) expect(differing(dequantise(packed), decoded(3, q41))).toBe(0)
      seen[packed ? 'exact' : 'refused']++

      const q80 = Buffer.alloc(34)
      q80.writeUInt16LE(scale)
      q80.set(codes, 2)
      expect(differing(dequantise(packQ80(q80, { rows: 1, columns: 32 })), decoded(8, q80))).toBe(0)
    }),
    { numRuns: 500, seed: 1 },
  )
  expect(seen.exact).toBeGreaterThan(100)
  expect(seen.refused).toBeGreaterThan(10)
})

test('the product equals that with the dequantised matrix, where 8 bits hold the inputs: within 1e-6 of its size', async () => {
  const packed = packGguf(file)
  const blocks = await packInt4({ base, file })
  const graph = new Graph()
  const product = blockProduct(graph, blocks)
  const inputs = new Map([32, 64].map((size) => [size, graph.input(`x${size}`, 'f32', ['b', size])]))
  for (const [name, { columns }] of packed) graph.output(name, product(inputs.get(columns)!, name)!)
  const session = await openGraph(graph.encode(), { dir: base.dir })

  const normal = seededNormal(5)
  // Each block's largest number is 127, so its scale is 1 and whole numbers stay whole.
  const whole = (size: number): Float32Array =>
    Float32Array.from({ length: 3 * size }, (_, i) =>
      i % 32 === 7 ? 127 : Math.round(Math.max(-127, Math.min(127, 50 * normal()))),
    )
  const data = new Map([32, 64].map((size) => [size, whole(size)]))
  const feeds = [...data].map(([size, x]) => [`x${size}`, new Tensor('float32', x, [3, size])] as const)
  const results = await session.run(Object.fromEntries(feeds))
  for (const [name, matrix] of packed) {
    const { rows, columns } = matrix
    const x = data.get(columns)!
    const w = dequantise(matrix)
    for (let b = 0; b < 3; b++) {
      for (let row = 0; row < rows; row++) {
        let sum = 0
        let size = 0
        for (let k = 0; k < columns; k++) {
          sum += x[b * columns + k]! * w[row * columns + k]!
          size += Math.abs(x[b * columns + k]! * w[row * columns + k]!)
        }
        const got = (results[name]!.data as Float32Array)[b * rows + row]!
        expect(Math.abs(got - sum), `${name} [${b}, ${row}]`).toBeLessThan(1e-6 * size)
      }
    }
  }
})

test('logits of a tiny model are within 3 % of those in float32, with inputs of 16 bits within 3e-4 and of float32 within 1e-5', async () => {
  const texts = [
    [3, 9, 4, 11, 8, 5],
    [12, 3, 3, 7, 15, 6],
  ]
  const blocks = await packInt4({ base, file })
  const exact = await readLogits({ base, texts }, (logits) => logits)
  const errors = async (blockInputs: 'int8' | 'int16' | 'float32'): Promise<number[]> => {
    const found = await readLogits({ base, texts, options: { blocks, blockInputs } }, (logits) => logits)
    return found.map((logits, i) => {
      return Math.hypot(...logits.map((value, j) => value - exact[i]![j]!)) / Math.hypot(...exact[i]!)
    })
  }
  const [rounded, finer, precise] = [await errors('int8'), await errors('int16'), await errors('float32')]
  expect(rounded).toHaveLength(12)
  expect(Math.max(...rounded)).toBeLessThan(0.03)
  expect(Math.max(...finer)).toBeLessThan(3e-4)
  expect(Math.max(...precise)).toBeLessThan(1e-5)
  // Else the fast kernel was not the one that ran.
  expect(Math.min(...rounded)).toBeGreaterThan(1e-5)
})

test.each(['int4', 'int4a16'] as const)(
  '8 answers of 4 adapters in %s are together, and on 2 threads, those that each gives alone',
  async (mode) => {
    const open = async (threads: number): Promise<Engine> => {
      const engine = await createEngine({ base, mode, threads })
      for (let k = 0; k < 4; k++) {
        const adapter = initialAdapter(engine.layout, k)
        const normal = seededNormal(k)
        for (let i = 0; i < adapter.theta.length; i++) adapter.theta[i]! += 0.2 * normal()
        await engine.addAdapter(digestText(`adapter ${k}`), adapter)
      }
      return engine
    }
    const ask = (engine: Engine, k: number) =>
      engine.generate({
        promptIds: Array.from({ length: 3 + k }, (_, i) => 3 + ((5 * i + k) % 13)),
        maxTokens: 20,
        temperature: 1,
        seed: k,
        adapter: digestText(`adapter ${k % 4}`),
      })
    const [one, two] = [await open(1), await open(2)]
    const together = await Promise.all(Array.from({ length: 8 }, (_, k) => ask(two, k)))
    for (const [k, answer] of together.entries()) expect(await ask(one, k)).toEqual(answer)
    expect(new Set(together.map(({ ids }) => ids.join())).size).toBeGreaterThan(6)
    await one.close()
    await two.close()
  },
)

test('a stamp of int4 says that it is not attested, and differs in graph and weights; fp32 is the default', async () => {
  const plain = await createEngine({ base })
  const packed = await createEngine({ base, mode: 'int4' })
  expect(plain.mode).toBe('fp32')
  expect(plain.stamp).toMatchObject({ runtime: expect.not.stringContaining('attested'), weights: base.weightsDigest })
  expect(packed).toMatchObject({ mode: 'int4', stamp: { runtime: expect.stringMatching(/int4 .*not attested$/) } })
  expect(packed.stamp.graph).not.toBe(plain.stamp.graph)
  expect(packed.stamp.weights).not.toBe(plain.stamp.weights)
  // Losses are of float32 in either mode: not a bit may differ.
  const losses = [plain, packed].map((engine) => engine.answerGradient({ promptIds: [3, 4, 5], answerIds: [6, 7] }))
  expect(await losses[1]).toEqual(await losses[0])
  await plain.close()
  await packed.close()
})

test('packing again changes nothing, leaves no draft of a killed process, and the base keeps its digest', async () => {
  const first = await freshBase()
  writeFileSync(join(first.dir, 'int4.safetensors.draft-999999999'), 'half a file')
  const once = await packInt4({ base: first, file })
  expect(readdirSync(first.dir).filter((name) => name.includes('int4'))).toEqual(['int4.json', 'int4.safetensors'])
  expect(once.digest).toBe((await packInt4({ base, file })).digest)
  expect((await prepareBase({ file, into: first.dir })).digest).toBe(first.digest)
  // Killed between the two files: the next attempt finishes.
  rmSync(join(first.dir, 'int4.json'))
  expect((await packInt4({ base: first, file })).digest).toBe(once.digest)
})

test('a base not packed, a byte changed, another source and a base of floats each have their code and write nothing', async () => {
  const bare = await freshBase()
  await expect(createEngine({ base: bare, mode: 'int4' })).rejects.toMatchObject({ code: 'models/int4-missing' })
  const other = join(home, 'other.gguf')
  writeFileSync(other, ggufFixture({ 'general.name': 'other' }).bytes)
  await expect(packInt4({ base: bare, file: other })).rejects.toMatchObject({ code: 'models/int4-source' })
  expect(existsSync(join(bare.dir, 'int4.safetensors'))).toBe(false)

  const tiny = await tinyBase(join(home, 'tiny'))
  for (const floats of ['source', 'source/weights.safetensors'])
    await expect(packInt4({ base: tiny, file: join(home, 'tiny', floats) })).rejects.toMatchObject({
      code: 'models/int4-source',
    })

  await packInt4({ base: bare, file })
  const packed = join(bare.dir, 'int4.safetensors')
  const bytes = readFileSync(packed)
  bytes[bytes.length - 1]! ^= 1
  writeFileSync(packed, bytes)
  await expect(createEngine({ base: bare, mode: 'int4' })).rejects.toMatchObject({ code: 'models/int4-changed' })
})
