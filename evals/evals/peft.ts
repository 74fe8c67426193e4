import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Digest } from '../../kernel/index.ts'
import {
  adapterLayout,
  createEngine,
  encodeRow,
  initialAdapter,
  prepareBase,
  readPeft,
  tinyBase,
  writePeft,
  type Adapter,
  type BaseModel,
  type Engine,
} from '../../models/index.ts'
import { resolveBase } from '../../provision/index.ts'
import { adapterCases } from '../peft/adapterCases.ts'
import { floatTensors } from '../peft/floatTensors.ts'
import { peftGradient } from '../peft/peftGradient.ts'
import { Peer } from '../peers/Peer.ts'
import { providePython } from '../peers/provide.ts'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'

type Judge = { engine: Engine; peft: Peer; scratch: string; prompt: number[]; answer: number[] }

const goal = 1e-4
const answerTokens = 8

/**
 * Adapters of the real peft package here, and ours there: the largest difference of a log-probability (of the 20
 * likeliest tokens at each place of a greedy answer), and of gradients, relative to their length. On a tiny model and on
 * SmolLM2, for every way in which LoRA can sit in a model.
 * Cost: minutes. Throws evals/python, evals/peer.
 */
export async function run({ seed, say }: TableOptions): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  const python = await providePython(say)
  const scratch = mkdtempSync(join(tmpdir(), 'tributary-peft-'))
  try {
    const tiny = await tinyBase(join(scratch, 'tiny'), { seed })
    const source = await resolveBase()
    const real = await prepareBase({ file: source.path, into: join(scratch, 'base'), name: source.name })
    const first = await judgeAll('tiny', tiny, { python, scratch, seed, say, spread: 0.3 })
    const second = await judgeAll(source.name, real, { python, scratch, seed, say, spread: 0.02 })
    return { rows: [...first.rows, ...second.rows], versions: second.versions }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

type Setting = { python: string; scratch: string; seed: number; spread: number; say: (line: string) => void }

async function judgeAll(
  name: string,
  base: BaseModel,
  { python, scratch, seed, spread, say }: Setting,
): Promise<{ rows: Row[]; versions: Readonly<Record<string, string>> }> {
  const args = [join(import.meta.dirname, '../peers/adapters.py'), base.dir]
  const peft = await Peer.start({ name: 'peft', command: python, args })
  const engine = await createEngine({ base, threads: 1 })
  const content = 'What is a river made of?'
  const prompt = base.tokenizer.encodeChat([{ role: 'user', content }], { addGenerationPrompt: true })
  const judge: Judge = {
    engine,
    peft,
    scratch,
    prompt,
    answer: base.tokenizer.encode('Of water, and of what it carries.'),
  }
  const { byPeft, byUs } = adapterCases(base.config.num_hidden_layers)
  const rows: Row[] = []
  try {
    rows.push(await withAdapter(judge, `${name}: no adapter`, undefined))
    for (const [i, made] of byPeft.entries()) {
      say(`${name}: ${made.name}, by peft`)
      const folder = join(scratch, name, `peft-${made.name}`)
      await peft.ask({ op: 'make', folder, seed: seed + i, spread, lora: made.lora, dtype: made.dtype ?? 'float32' })
      const adapter = await readPeft(folder, base.config)
      rows.push(...(await bothRows(judge, `${name}: ${made.name}, made by peft`, { folder, adapter })))
    }
    for (const { name: own, layout } of byUs) {
      say(`${name}: ${own}, by us`)
      const folder = join(scratch, name, `ours-${own}`)
      const start = initialAdapter(adapterLayout(base.config, layout), seed)
      const adapter = {
        ...start,
        theta: start.theta.map((value, i) => value + (value === 0 ? spread * Math.sin(i) : 0)),
      }
      const { digest } = await writePeft(adapter, folder, { baseName: base.name })
      rows.push(...(await bothRows(judge, `${name}: ${own}, made by us`, { folder, adapter: { ...adapter, digest } })))
    }
    return { rows, versions: peft.versions }
  } finally {
    peft.close()
    await engine.close()
  }
}

type Made = { folder: string; adapter: Adapter & { digest: Digest } }

async function bothRows(judge: Judge, figure: string, made: Made): Promise<Row[]> {
  return [await withAdapter(judge, figure, made), await gradientRow(judge, figure, made)]
}

/** Answers through the serving engine, then asks the peer for the logits at the same places. */
async function withAdapter(judge: Judge, figure: string, made: Made | undefined): Promise<Row> {
  const { engine, peft, scratch, prompt } = judge
  if (made) await engine.addAdapter(made.adapter.digest, made.adapter)
  const { ids, logprobs } = await engine.generate({
    promptIds: prompt,
    maxTokens: answerTokens,
    topLogprobs: 20,
    ...(made ? { adapter: made.adapter.digest } : {}),
  })
  const file = join(scratch, 'logits.safetensors')
  await peft.ask({ op: 'logits', folder: made?.folder ?? null, ids: [...prompt, ...ids], file })
  const all = floatTensors(file)['logits']!
  const vocabulary = engine.base.config.vocab_size
  let largest = 0
  for (const [i, { logprob, top_logprobs: top }] of logprobs!.entries()) {
    const at = (prompt.length - 1 + i) * vocabulary
    const wanted = logSoftmax(all.subarray(at, at + vocabulary))
    const likeliest = wanted.toSorted().toReversed()
    const differences = top.map((one, k) => Math.abs(one.logprob - likeliest[k]!))
    largest = Math.max(largest, Math.abs(logprob - wanted[ids[i]!]!), ...differences)
  }
  return judged(`${figure}, log-probabilities`, largest, 'largest difference, nats')
}

function logSoftmax(logits: Float32Array): Float64Array {
  const max = logits.reduce((most, value) => Math.max(most, value), -Infinity)
  const sum = logits.reduce((total, value) => total + Math.exp(value - max), 0)
  return Float64Array.from(logits, (value) => value - max - Math.log(sum))
}

async function gradientRow(judge: Judge, figure: string, { folder, adapter }: Made): Promise<Row> {
  const { engine, peft, scratch, prompt, answer } = judge
  const row = encodeRow(prompt, answer)
  const [hidden] = await engine.prefixStates([row], adapter.layout)
  const rows = [{ row, hidden: hidden!, adapter: 0 }]
  const [found] = await engine.rowGradients(rows, [adapter.theta], adapter.layout)
  const file = join(scratch, 'gradient.safetensors')
  await peft.ask({ op: 'gradient', folder, prompt, answer, file })
  const wanted = peftGradient(adapter.layout, floatTensors(file))
  const difference = found!.gradient.map((value, i) => value - wanted[i]!)
  return judged(`${figure}, gradient`, lengthOf(difference) / lengthOf(wanted), 'difference, relative')
}

function lengthOf(vector: Float32Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
}

function judged(figure: string, value: number, unit: string): Row {
  return { figure, value, unit, goal: `<= ${goal}`, met: value <= goal }
}
