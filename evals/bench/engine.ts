import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestText } from '../../kernel/index.ts'
import {
  adapterLayout,
  createEngine,
  encodeRow,
  initialAdapter,
  prepareBase,
  type BaseModel,
  type Engine,
} from '../../models/index.ts'
import { resolveBase } from '../../provision/index.ts'
import type { Row } from '../renderTable.ts'

type Options = { seed: number; say: (line: string) => void }

const repeats = 6
const answerTokens = 48

/**
 * The engine on one thread: CPU-seconds a gradient, tokens a CPU-second in decoding, against the goals of the design
 * (which were measured on an idle machine). CPU time, not wall time: a busy machine makes it worse by its caches only.
 */
export async function run({ seed, say }: Options): Promise<Row[]> {
  const source = await resolveBase()
  const dir = mkdtempSync(join(tmpdir(), 'tributary-bench-'))
  try {
    say(`base: ${source.name}`)
    const base = await prepareBase({ file: source.path, into: join(dir, 'base'), name: source.name })
    return [...(await gradients(base, seed, say)), ...(await decoding(base, seed, say))]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function gradients(base: BaseModel, seed: number, say: Options['say']): Promise<Row[]> {
  const layouts = {
    all: adapterLayout(base.config, { rank: 8, targets: ['q_proj', 'v_proj'], fromLayer: 0 }),
    last4: adapterLayout(base.config, {
      rank: 8,
      targets: ['q_proj', 'v_proj'],
      fromLayer: Math.max(0, base.config.num_hidden_layers - 4),
    }),
  }
  const rows: Row[] = []
  say('gradients')
  const full = await createEngine({ base, threads: 1, layout: layouts.all })
  rows.push(await gradientRow(full, seed, { figure: 'gradient, 128 tokens, all blocks', labels: 127, goal: 0.45 }))
  await full.close()
  const last = await createEngine({ base, threads: 1, layout: layouts.last4 })
  const cached = 'gradient, 128 tokens, last 4 blocks, cached prefix'
  rows.push(await gradientRow(last, seed, { figure: cached, labels: 127, goal: 0.13 }))
  rows.push(await gradientRow(last, seed, { figure: `${cached}, 32 labels`, labels: 32, goal: 0.07 }))
  rows.push(
    await gradientRow(last, seed, { figure: `${cached}, 32 labels, 8 rows`, labels: 32, goal: 0.07, together: 8 }),
  )
  await last.close()
  return rows
}

async function gradientRow(
  engine: Engine,
  seed: number,
  { figure, labels, goal, together = 1 }: { figure: string; labels: number; goal: number; together?: number },
): Promise<Row> {
  const ids = tokens(engine, seed, 128)
  const row = encodeRow(ids.slice(0, 128 - labels), ids.slice(128 - labels))
  const [hidden] = await engine.prefixStates([row])
  if (!hidden) throw new Error('a row has a prefix state')
  const theta = initialAdapter(engine.layout, seed).theta
  const batch = Array.from({ length: together }, () => ({ row, hidden, adapter: 0 }))
  await engine.rowGradients(batch, [theta])
  const seconds = await cpuSeconds(async () => {
    for (let i = 0; i < repeats; i++) await engine.rowGradients(batch, [theta])
  })
  return compared({ figure, value: seconds / repeats / together, unit: 'CPU-s a row' }, goal)
}

async function decoding(base: BaseModel, seed: number, say: Options['say']): Promise<Row[]> {
  const engine = await createEngine({ base, threads: 1 })
  const adapters = Array.from({ length: 8 }, (_, k) => digestText(`bench adapter ${k}`))
  for (const [k, digest] of adapters.entries()) await engine.addAdapter(digest, initialAdapter(engine.layout, seed + k))
  const promptIds = tokens(engine, seed, 16)
  const decode = async (batch: number, maxTokens: number): Promise<number> => {
    const answers = adapters.slice(0, batch).map((adapter) => engine.generate({ promptIds, adapter, maxTokens }))
    return (await Promise.all(answers)).reduce((sum, { ids }) => sum + ids.length, 0)
  }
  const rows: Row[] = []
  for (const [batch, goal] of [
    [1, 38],
    [8, 165],
  ] as const) {
    say(`decoding, ${batch} together`)
    await decode(batch, 2)
    const startSeconds = await cpuSeconds(() => decode(batch, 1))
    let made = 0
    const seconds = await cpuSeconds(async () => {
      made = await decode(batch, answerTokens)
    })
    const figure = batch === 1 ? 'decoding, float32, b = 1' : `decoding, float32, b = ${batch}, ${batch} adapters`
    rows.push(compared({ figure, value: (made - batch) / (seconds - startSeconds), unit: 'tokens a CPU-s' }, goal))
  }
  await engine.close()
  return rows
}

function tokens(engine: Engine, seed: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (1_000 + 7_919 * (i + seed)) % engine.base.config.vocab_size)
}

async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function compared(row: Pick<Row, 'figure' | 'value' | 'unit'>, goal: number): Row {
  return { ...row, peer: 'goal of the design', peerValue: goal, ratio: row.value / goal }
}
