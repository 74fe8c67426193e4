import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TributaryError } from '../../kernel/index.ts'
import { seededNormal, type LlamaConfig } from '../graph/index.ts'
import {
  adapterDigest,
  adapterLayout,
  adapterSegments,
  initialAdapter,
  readPeft,
  writePeft,
  type Adapter,
} from '../index.ts'
import { readSafetensors } from '../load/readSafetensors.ts'
import { seededUniform } from '../serve/seededUniform.ts'

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
  expect(layout.modules.map(({ target, layer, A, B }) => `${target} ${layer} A ${A} B ${B}`)).toEqual([
    'q_proj 1 A 0 B 24',
    'q_proj 2 A 12 B 40',
    'v_proj 1 A 56 B 80',
    'v_proj 2 A 68 B 88',
  ])
  expect(layout.length).toBe(96)
  const starts = [0, 12, 24, 40, 56, 68, 80, 88, 96]
  expect(adapterSegments(layout)).toEqual(starts.slice(1).map((to, i) => ({ from: starts[i], to })))
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
  const { B } = layout.modules[3]!
  for (let out = 0; out < 4; out++) {
    for (let r = 0; r < 2; r++) expect(at(out, r)).toBe(adapter.theta[B + r * 4 + out])
  }
})

test('training starts from the base: B is 0, A is not, and the same seed gives the same numbers', () => {
  const { theta } = initialAdapter(layout, 7)
  expect(initialAdapter(layout, 7).theta).toEqual(theta)
  expect(initialAdapter(layout, 8).theta).not.toEqual(theta)
  for (const module of layout.modules) {
    expect(theta.subarray(module.A, module.A + module.in * module.rank).every((value) => value !== 0)).toBe(true)
    expect(theta.subarray(module.B, module.B + module.rank * module.out).every((value) => value === 0)).toBe(true)
  }
})

test('adapters of other kinds, with missing tensors, NaN or wrong shapes each have their code', async () => {
  const dir = join(home, 'bad')
  const fresh = () => writePeft(randomAdapter(4), dir, { baseName: 'tiny' })
  const edit = (change: Record<string, unknown>) => {
    const file = join(dir, 'adapter_config.json')
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }))
  }
  const cases: [Record<string, unknown>, string, string][] = [
    [{ peft_type: 'IA3' }, 'models/adapter-config', 'peft_type'],
    [{ use_dora: true }, 'models/adapter-dora', 'use_dora'],
    [{ bias: 'lora_only' }, 'models/adapter-config', 'bias'],
    [{ lora_bias: true }, 'models/adapter-config', 'lora_bias'],
    [{ modules_to_save: ['lm_head'] }, 'models/adapter-config', 'modules_to_save'],
    [{ trainable_token_indices: [1] }, 'models/adapter-config', 'trainable_token_indices'],
    [{ layer_replication: [[0, 2]] }, 'models/adapter-config', 'layer_replication'],
    [{ fan_in_fan_out: true }, 'models/adapter-config', 'fan_in_fan_out'],
    [{ init_lora_weights: 'pissa' }, 'models/adapter-config', 'init_lora_weights'],
    [{ alora_invocation_tokens: [5] }, 'models/adapter-config', 'alora_invocation_tokens'],
    [{ field_of_a_later_version: 'on' }, 'models/adapter-config', 'field_of_a_later_version'],
    [{ target_modules: ['c_attn'] }, 'models/adapter-config', 'c_attn'],
    [{ target_modules: ['q_proj', 'embed_tokens'] }, 'models/adapter-config', 'embed_tokens'],
    [{ target_modules: '.*lm_head', layers_to_transform: null }, 'models/adapter-config', 'lm_head'],
    [{ target_modules: '(', layers_to_transform: null }, 'models/adapter-pattern', '('],
    [{ target_modules: '(.*.*)*!', layers_to_transform: null }, 'models/adapter-pattern', 'timed out'],
    [{ layers_pattern: 'blocks' }, 'models/adapter-config', 'blocks'],
    [{ r: 0 }, 'models/adapter-config', 'r:'],
    [{ r: 4 }, 'models/adapter-tensor', '4x6'],
    [{ rank_pattern: { q_proj: 4 } }, 'models/adapter-tensor', '4x6'],
    [{ layers_to_transform: [0, 2] }, 'models/adapter-tensor', 'layers.1'],
    [{ target_modules: ['q_proj'] }, 'models/adapter-tensor', 'v_proj'],
    [{ target_modules: ['q_proj', 'v_proj', 'o_proj'] }, 'models/adapter-tensor', 'o_proj'],
  ]
  for (const [change, code, named] of cases) {
    await fresh()
    edit(change)
    const error: unknown = await readPeft(dir, config).catch((reason: unknown) => reason)
    expect(error, JSON.stringify(change)).toMatchObject({ code, tryThis: expect.any(String) as string })
    expect(JSON.stringify((error as TributaryError).facts), JSON.stringify(change)).toContain(named)
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

test('default layouts keep the bytes that they always had', () => {
  const adapter = initialAdapter(layout, 1)
  expect(adapterDigest(adapter, { baseName: 'tiny' })).toBe(
    '0xd97f9ef3407c2f774f1841c055a2d136560e7f813b6542ea30f88df4be6b9fc2',
  )
})
