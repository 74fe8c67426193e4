import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TributaryError } from '../../kernel/index.ts'
import { seededNormal, type LlamaConfig } from '../graph/index.ts'
import { adapterDigest, adapterLayout, initialAdapter, readPeft, writePeft, type Adapter } from '../index.ts'
import { readSafetensors } from '../load/readSafetensors.ts'
import { seededUniform } from '../serve/seededUniform.ts'
import { stackAdapters } from './stackAdapters.ts'

const config: LlamaConfig = {
  hidden_size: 6,
  num_hidden_layers: 3,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  head_dim: 4,
  intermediate_size: 10,
  vocab_size: 16,
  rms_norm_eps: 1e-5,
  max_position_embeddings: 64,
}
const layout = adapterLayout(config, { rank: 2, alpha: 4, targets: ['q_proj', 'v_proj'], fromLayer: 1 })

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'adapters-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

function randomAdapter(seed: number): Adapter {
  const normal = seededNormal(seed)
  return { layout, theta: Float32Array.from({ length: layout.length }, normal) }
}

test('theta of rank 2 on q and v of 2 blocks is A.q [2,6,2], B.q [2,2,8], A.v [2,6,2], B.v [2,2,4]: 24 + 32 + 24 + 16', () => {
  expect(layout.parts.map(({ target, factor, length }) => `${target} ${factor} ${length}`)).toEqual([
    'q_proj A 24',
    'q_proj B 32',
    'v_proj A 24',
    'v_proj B 16',
  ])
  expect(layout.length).toBe(96)
})

test('an adapter survives the round trip through PEFT files to the bit, and its digest names its bytes', async () => {
  const adapter = randomAdapter(1)
  const written = await writePeft(adapter, join(home, 'a'), { baseName: 'tiny' })
  const read = await readPeft(join(home, 'a'), config)
  expect(read.theta).toEqual(adapter.theta)
  expect(read.layout).toEqual(layout)
  expect(read.digest).toBe(written.digest)
  expect(adapterDigest(adapter, { baseName: 'tiny' })).toBe(written.digest)
  expect(adapterDigest(randomAdapter(2), { baseName: 'tiny' })).not.toBe(written.digest)
})

test('PEFT files hold A as [rank, in] and B as [out, rank] under the names of the library', async () => {
  const adapter = randomAdapter(3)
  await writePeft(adapter, join(home, 'names'), { baseName: 'tiny' })
  const file = join(home, 'names', 'adapter_model.safetensors')
  const { entries } = readSafetensors(file)
  const entry = entries['base_model.model.model.layers.2.self_attn.v_proj.lora_B.weight']!
  expect(entry.shape).toEqual([4, 2])
  expect(Object.keys(entries)).toHaveLength(8)
  const bytes = readFileSync(file)
  const at = (row: number, column: number): number => bytes.readFloatLE(entry.offset + 4 * (row * 2 + column))
  const part = layout.parts[3]!
  for (let out = 0; out < 4; out++) {
    for (let r = 0; r < 2; r++) expect(at(out, r)).toBe(adapter.theta[part.offset + 8 + r * 4 + out])
  }
})

test('training starts from the base: B is 0, A is not, and the same seed gives the same numbers', () => {
  const { theta } = initialAdapter(layout, 7)
  expect(initialAdapter(layout, 7).theta).toEqual(theta)
  expect(initialAdapter(layout, 8).theta).not.toEqual(theta)
  for (const { factor, offset, length } of layout.parts) {
    expect(theta.subarray(offset, offset + length).every((value) => (factor === 'B') === (value === 0))).toBe(true)
  }
})

test('stacked adapters lie one after the other, with alpha / rank folded into B', () => {
  const [one, two] = [randomAdapter(1), randomAdapter(2)]
  const inputs = stackAdapters(layout, [one.theta, two.theta])
  expect(inputs['lora_A.q_proj']!.dims).toEqual([4, 6, 2])
  expect(inputs['lora_B.v_proj']!.dims).toEqual([4, 2, 4])
  expect(inputs['lora_A.q_proj']!.data[24]).toBe(two.theta[0])
  expect(inputs['lora_B.v_proj']!.data[16]).toBe(2 * two.theta[layout.parts[3]!.offset]!)
})

test('adapters of other kinds, with missing tensors, NaN or wrong shapes each have their code', async () => {
  const dir = join(home, 'bad')
  const fresh = () => writePeft(randomAdapter(4), dir, { baseName: 'tiny' })
  const edit = (change: Record<string, unknown>) => {
    const file = join(dir, 'adapter_config.json')
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }))
  }
  const cases: [Record<string, unknown>, string][] = [
    [{ peft_type: 'IA3' }, 'models/adapter-config'],
    [{ use_dora: true }, 'models/adapter-config'],
    [{ rank_pattern: { q_proj: 4 } }, 'models/adapter-config'],
    [{ target_modules: ['c_attn'] }, 'models/adapter-config'],
    [{ layers_to_transform: [0, 2] }, 'models/adapter-config'],
    [{ r: 4 }, 'models/adapter-tensor'],
    [{ target_modules: ['q_proj'] }, 'models/adapter-tensor'],
    [{ target_modules: ['q_proj', 'v_proj', 'o_proj'] }, 'models/adapter-tensor'],
  ]
  for (const [change, code] of cases) {
    await fresh()
    edit(change)
    await expect(readPeft(dir, config), JSON.stringify(change)).rejects.toMatchObject({ code })
  }
  const { digest } = await fresh()
  const file = join(dir, 'adapter_model.safetensors')
  const bytes = readFileSync(file)
  bytes[bytes.length - 2]! ^= 1
  writeFileSync(file, bytes)
  expect((await readPeft(dir, config)).digest).not.toBe(digest)
  bytes.writeFloatLE(Number.NaN, bytes.length - 4)
  writeFileSync(file, bytes)
  await expect(readPeft(dir, config)).rejects.toMatchObject({ code: 'models/not-finite' })
  await expect(readPeft(join(home, 'none'), config)).rejects.toMatchObject({ code: 'models/adapter-missing' })
})

test('200 adapters with damaged bytes are read or refused with a code', async () => {
  const dir = join(home, 'fuzz')
  await writePeft(randomAdapter(5), dir, { baseName: 'tiny' })
  const files = ['adapter_model.safetensors', 'adapter_config.json'].map((name) => join(dir, name))
  const originals = files.map((file) => readFileSync(file))
  const uniform = seededUniform('adapters')
  let refused = 0
  for (let round = 0; round < 200; round++) {
    const which = round % 2
    const bytes = Buffer.from(originals[which]!)
    for (let i = 0; i < 3; i++) bytes[Math.floor(uniform() * bytes.length)] = Math.floor(uniform() * 256)
    writeFileSync(files[which]!, round % 7 ? bytes : bytes.subarray(0, Math.floor(uniform() * bytes.length)))
    const error: unknown = await readPeft(dir, config).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (error !== undefined) {
      expect(error).toBeInstanceOf(TributaryError)
      refused++
    }
    writeFileSync(files[which]!, originals[which]!)
  }
  expect(refused).toBeGreaterThan(80)
})
