import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { addBase, baseOfHome, keepBase, listBases, openSource, surveyModel, tinyBase } from '../index.ts'
import { ggufFixture } from '../load/ggufFixture.ts'
import { safetensorsHeader } from '../load/safetensorsHeader.ts'

const home = mkdtempSync(join(tmpdir(), 'bases-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const small = {
  hidden_size: 16,
  num_hidden_layers: 1,
  num_attention_heads: 1,
  num_key_value_heads: 1,
  intermediate_size: 16,
}
await tinyBase(join(home, 'tiny'), { config: { ...small, model_type: 'qwen3' }, tied: false })
const source = join(home, 'tiny', 'source')

let from: string
let folder: string
beforeEach(() => {
  from = mkdtempSync(join(home, 'from-'))
  folder = join(from, 'bases')
  for (const name of readdirSync(source)) writeFileSync(join(from, name), readFileSync(join(source, name)))
})
const config = (): Record<string, unknown> => JSON.parse(readFileSync(join(from, 'config.json'), 'utf8')) as never
const write = (name: string, json: unknown): void => writeFileSync(join(from, name), JSON.stringify(json))

/** The weights in two shards with their index, as transformers writes them; returns where each tensor went. */
function shard(): Record<string, string> {
  const bytes = readFileSync(join(from, 'weights.safetensors'))
  const end = 8 + Number(bytes.readBigUInt64LE(0))
  const lines = JSON.parse(bytes.subarray(8, end).toString()) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >
  const map: Record<string, string> = {}
  for (const part of [0, 1]) {
    const file = `model-0000${part + 1}-of-00002.safetensors`
    const own = Object.entries(lines).filter((_, i) => i % 2 === part)
    for (const [name] of own) map[name] = file
    const header = safetensorsHeader(own.map(([name, { shape }]) => ({ name, shape })))
    const data = own.map(
      ([
        ,
        {
          data_offsets: [a, b],
        },
      ]) => bytes.subarray(end + a, end + b),
    )
    writeFileSync(join(from, file), Buffer.concat([header, ...data]))
  }
  rmSync(join(from, 'weights.safetensors'))
  write('model.safetensors.index.json', { metadata: {}, weight_map: map })
  return map
}

test('a model is surveyed: 15,000 numbers, what it costs on disk and in memory; nothing stands against it', async () => {
  const survey = await surveyModel(from)
  expect(survey).toMatchObject({
    problems: [],
    kind: 'qwen3',
    formats: ['F32'],
    contextTokens: 512,
    int4: 'needs a GGUF in Q4_1',
  })
  expect(survey.baseBytes).toBe(4 * survey.parameters!)
  const { memory } = survey
  expect(memory!.train.thorough).toBeGreaterThan(memory!.train.quick)
  expect(memory!.serve).toBeGreaterThan(4 * (survey.parameters! - 272 * 16))
})

test('each trait that is not computed is named with what it would take', async () => {
  const traits = {
    model_type: 'gemma2',
    hidden_act: 'gelu_pytorch_tanh',
    final_logit_softcapping: 30,
    quantization_config: { bits: 4 },
  }
  write('config.json', {
    ...config(),
    ...traits,
    rope_scaling: { rope_type: 'longrope', factor: 4 },
    num_local_experts: 8,
  })
  const { problems } = await surveyModel(from)
  expect(problems.map(({ trait }) => trait).toSorted()).toEqual([
    'final_logit_softcapping',
    'hidden_act',
    'model_type',
    'num_local_experts',
    'quantization_config',
    'rope_type',
  ])
  for (const { needs } of problems) expect(needs.length).toBeGreaterThan(8)
  await expect(addBase({ from, folder, name: 'x' })).rejects.toMatchObject({ code: 'models/architecture' })
  expect(await listBases(folder)).toEqual([])
})

test('a tensor that the config does not speak of, a missing one and a bad field are problems of their own', async () => {
  write('config.json', { ...config(), model_type: 'llama' })
  expect((await surveyModel(from)).problems).toMatchObject([{ trait: 'models/tensor-unknown' }])
  write('config.json', { ...config(), model_type: 'qwen2' })
  expect((await surveyModel(from)).problems).toMatchObject([{ trait: 'models/tensor-unknown' }])
  write('config.json', { ...config(), model_type: 'qwen3', attention_bias: true })
  expect((await surveyModel(from)).problems).toMatchObject([{ trait: 'models/tensor-missing' }])
  write('config.json', { ...config(), hidden_size: 'wide' })
  expect((await surveyModel(from)).problems).toMatchObject([{ trait: 'models/architecture' }])
})

test('shards become the base that one file becomes; a second call converts nothing, another template is another base', async () => {
  const whole = await addBase({ from, folder, name: 'whole' })
  shard()
  const done: number[] = []
  const sharded = await addBase({ from, folder, name: 'sharded', onProgress: ({ done: bytes }) => done.push(bytes) })
  expect(sharded.weights.entries).toHaveProperty(['model.layers.0.self_attn.q_norm.weight'])
  expect(sharded.config).toEqual(whole.config)
  expect(done.at(-1)).toBe(Object.values(sharded.weights.entries).reduce((sum, { length }) => sum + length, 0))
  const again = await addBase({
    from,
    folder,
    name: 'sharded',
    onProgress: () => expect.unreachable('converted again'),
  })
  expect(again).toMatchObject({ digest: sharded.digest, dir: sharded.dir })

  writeFileSync(join(from, 'chat_template.jinja'), '{% for m in messages %}{{ m.content }}{% endfor %}')
  const other = await addBase({ from, folder, name: 'sharded' })
  expect(other.digest).not.toBe(sharded.digest)
  expect(other.tokenizer.encodeChat([{ role: 'user', content: 'ab' }], { addGenerationPrompt: true })).toEqual(
    other.tokenizer.encode('ab'),
  )
  expect((await listBases(folder)).map(({ name }) => name)).toEqual(['sharded', 'sharded', 'whole'])
})

test('a missing shard, a tensor in another file than the index says and one that is lost are models/shards', async () => {
  const map = shard()
  const [first, second] = [...new Set(Object.values(map))]
  const [tensor] = Object.entries(map).find(([, file]) => file === first)!
  const indexed = (weight_map: Record<string, string>): void => write('model.safetensors.index.json', { weight_map })
  for (const wrong of [
    { ...map, [tensor]: second! },
    { ...map, extra: first! },
    {},
    { ...map, x: '../../x.safetensors' },
  ]) {
    indexed(wrong)
    const problem = surveyModel(from).then(
      ({ problems }) => problems[0]?.trait,
      (error: unknown) => (error as { code: string }).code,
    )
    expect(await problem).toBe('models/shards')
  }
  indexed(map)
  rmSync(join(from, second!))
  await expect(surveyModel(from)).rejects.toMatchObject({ code: 'models/shards', facts: { missing: [second] } })
})

test('without a chat template a model is refused, until one is given; of several the default counts', async () => {
  const tokenizerConfig = JSON.parse(readFileSync(join(from, 'tokenizer_config.json'), 'utf8')) as Record<
    string,
    unknown
  >
  write('tokenizer_config.json', { ...tokenizerConfig, chat_template: undefined })
  expect((await surveyModel(from)).problems).toMatchObject([{ trait: 'models/chat-template' }])
  const file = join(from, 'mine.jinja')
  writeFileSync(file, 'hello')
  expect((await surveyModel(from, file)).problems).toEqual([])
  const both = [
    { name: 'tool_use', template: 'T' },
    { name: 'default', template: 'D' },
  ]
  write('tokenizer_config.json', { ...tokenizerConfig, chat_template: both })
  const { tokenizer } = await addBase({ from, folder, name: 'x' })
  expect(tokenizer.encodeChat([], { addGenerationPrompt: false })).toEqual(tokenizer.encode('D'))
})

test('a template that asks for the date gives the same tokens on any day', async () => {
  writeFileSync(
    join(from, 'chat_template.jinja'),
    "{% if strftime_now is defined %}{{ strftime_now('%d %b %Y') }}{% endif %} {{ date_string }}",
  )
  const { tokenizer } = await addBase({ from, folder, name: 'x' })
  const text = tokenizer.decode(tokenizer.encodeChat([], { addGenerationPrompt: false }))
  expect(text).toBe('26 Jul 2024 26 Jul 2024')
})

test('a home remembers its base, by name or digest; one that is not there is models/unknown-base', async () => {
  const base = await addBase({ from, folder, name: 'mine' })
  const gguf = join(from, 'fixture.gguf')
  writeFileSync(gguf, ggufFixture().bytes)
  await addBase({ from: gguf, folder, name: 'other' })
  const dir = join(from, 'home')
  mkdirSync(dir)
  expect(await baseOfHome({ home: dir, folder })).toBeUndefined()
  expect(await baseOfHome({ home: dir, folder, wanted: 'mine' })).toMatchObject({ digest: base.digest, dir: base.dir })
  // A wish that came to nothing is not kept.
  expect(await baseOfHome({ home: dir, folder })).toBeUndefined()
  await keepBase(dir, base.digest)
  expect(await baseOfHome({ home: dir, folder })).toMatchObject({ digest: base.digest })
  expect(await baseOfHome({ home: dir, folder, wanted: base.digest.slice(0, 12) })).toMatchObject({ name: 'mine' })
  await expect(baseOfHome({ home: dir, folder, wanted: 'nobody' })).rejects.toMatchObject({
    code: 'models/unknown-base',
  })
  // A base folder is opened where it lies, not converted into another.
  expect(await openSource({ path: base.dir, name: 'x', folder: join(from, 'never') })).toMatchObject({ dir: base.dir })
})
