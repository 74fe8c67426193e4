/**
 *   node models/load/fuzz/readDamaged.ts <folder> <seed> <cases>
 *
 * Reads so many damaged files in this process, each as a user's would be, and prints a line of JSON for each.
 * A process of its own, so that a crash or a hunger for memory ends this one and not the test.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TributaryError } from '../../../kernel/index.ts'
import { adapterLayout, initialAdapter, prepareBase, readPeft, tinyBase, writePeft } from '../../index.ts'
import { seededUniform } from '../../serve/seededUniform.ts'
import { ggufFixture } from '../ggufFixture.ts'
import { countBytesAsked, type BytesAsked } from './bytesAsked.ts'
import { damagedJson, ggufMutations, safetensorsMutations, type Mutation, type Uniform } from './mutations.ts'

export type Outcome = {
  i: number
  kind: string
  mutation: string
  /** Of an error that is coded, or of the model that was loaded all the same; neither: what was thrown. */
  code?: string
  digest?: string
  thrown?: string
  /** Whether the file is the undamaged one after all. */
  same: boolean
  payload: boolean
  fileBytes: number
  asked: BytesAsked
  /** What was left behind in the folder of bases. */
  left: string[]
}

const [folder = '', seed = '', cases = '0'] = process.argv.slice(2)
const work = join(folder, 'work')
mkdirSync(work, { recursive: true })

const config = {
  hidden_size: 16,
  num_hidden_layers: 1,
  num_attention_heads: 1,
  num_key_value_heads: 1,
  head_dim: 16,
  intermediate_size: 16,
}
const base = await tinyBase(join(folder, 'tiny'), { config })
const checkpoint = join(folder, 'tiny', 'source')
const adapterDir = join(folder, 'adapter')
const layout = adapterLayout(base.config, { rank: 2, targets: ['q_proj', 'v_proj'] })
await writePeft(initialAdapter(layout, 1), adapterDir, { baseName: 'tiny' })
const { bytes: gguf, raw } = ggufFixture()

const files = (dir: string): Map<string, Buffer> =>
  new Map(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name))]))
const ggufHeader = gguf.indexOf(raw.get('token_embd.weight')!.bytes)
const kinds = {
  gguf: {
    files: new Map([['m.gguf', gguf]]),
    weights: 'm.gguf',
    json: undefined,
    mutations: ggufMutations,
    headerEnd: ggufHeader,
    read: async (dir: string) => (await prepareBase({ file: join(dir, 'm.gguf'), into: join(work, 'base') })).digest,
  },
  safetensors: {
    files: files(checkpoint),
    weights: 'weights.safetensors',
    json: 'config.json',
    mutations: safetensorsMutations,
    headerEnd: 0,
    read: async (dir: string) => (await prepareBase({ file: dir, into: join(work, 'base') })).digest,
  },
  adapter: {
    files: files(adapterDir),
    weights: 'adapter_model.safetensors',
    json: 'adapter_config.json',
    mutations: safetensorsMutations,
    headerEnd: 0,
    read: async (dir: string) => (await readPeft(dir, base.config)).digest,
  },
}
for (const kind of [kinds.safetensors, kinds.adapter]) {
  kind.headerEnd = 8 + Number(kind.files.get(kind.weights)!.readBigUInt64LE(0))
}

async function attempt(i: number, uniform: Uniform): Promise<Outcome> {
  const name = (['gguf', 'safetensors', 'adapter'] as const)[i % 3]!
  const { files: sound, weights, json, mutations, headerEnd, read } = kinds[name]
  const dir = join(work, 'source')
  mkdirSync(dir)
  const bytes = new Map(sound)
  const inJson = json !== undefined && uniform() < 0.15
  const mutation: Mutation = mutations[Math.floor(uniform() * mutations.length)]!
  if (inJson) bytes.set(json, Buffer.from(damagedJson(sound.get(json)!.toString('utf8'), uniform)))
  else
    bytes.set(
      weights,
      mutation.apply({ bytes: Buffer.from(sound.get(weights)!), headerEnd, isGguf: name === 'gguf' }, uniform),
    )
  let fileBytes = 0
  for (const [file, content] of bytes) {
    writeFileSync(join(dir, file), content)
    fileBytes += content.length
  }
  const same = [...bytes].every(([file, content]) => content.equals(sound.get(file)!))
  const about = {
    i,
    kind: name,
    mutation: inJson ? 'the config' : mutation.name,
    same,
    payload: !inJson && mutation.payload === true,
    fileBytes,
  }
  asked()
  const end: Pick<Outcome, 'code' | 'digest' | 'thrown'> = await read(dir).then(
    (digest) => ({ digest }),
    (error: unknown) =>
      error instanceof TributaryError ? { code: error.code } : { thrown: String(error).slice(0, 300) },
  )
  const requests = asked()
  rmSync(dir, { recursive: true })
  const left = readdirSync(work)
  rmSync(join(work, 'base'), { recursive: true, force: true })
  return { ...about, ...end, asked: requests, left: end.digest ? left.filter((entry) => entry !== 'base') : left }
}

// What is built once, such as the table of half floats, is built before it counts.
const soundDigests: Record<string, string> = {}
for (const [name, { files: sound, read }] of Object.entries(kinds)) {
  const dir = join(work, 'source')
  mkdirSync(dir)
  for (const [file, content] of sound) writeFileSync(join(dir, file), content)
  soundDigests[name] = await read(dir)
  rmSync(work, { recursive: true })
  mkdirSync(work)
}
const asked = countBytesAsked()
console.log(JSON.stringify(soundDigests))
const uniform = seededUniform(seed)
for (let i = 0; i < Number(cases); i++) console.log(JSON.stringify(await attempt(i, uniform)))
// On Linux maxRSS starts from that of the process that forked this one; the high-water mark is its own.
const ownKiB = /^VmHWM:\s*(\d+)/m.exec(
  process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '',
)?.[1]
console.log(JSON.stringify({ maxRssMiB: Number(ownKiB ?? process.resourceUsage().maxRSS) / 1024 }))
