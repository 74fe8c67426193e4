import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestText, TributaryError } from '../../kernel/index.ts'
import {
  adapterLayout,
  createEngine,
  encodeRow,
  initialAdapter,
  packInt4,
  prepareBase,
  type BaseModel,
  type Engine,
  type EngineMode,
} from '../../models/index.ts'
import { resolveBase } from '../../provision/index.ts'
import type { Row } from '../renderTable.ts'

type Options = { seed: number; say: (line: string) => void }

const rounds = 3
const repeats = 3
const answerTokens = 48

/** Tokens a CPU-second at b = 1 and at b = 8, by the design. */
const decodingGoals = { fp32: [38, 165], int4: [80, 245] } as const
const modeNames = { fp32: 'float32', int4: 'int4' } as const

/**
 * The engine on one thread: CPU-seconds a gradient, tokens a CPU-second in decoding, against the goals of the design.
 * CPU seconds of the whole process, the best of 3 rounds: other programs on the machine, above all on the other half of
 * a core, can only make a round worse. Run it on an idle machine all the same.
 */
export async function run({ seed, say }: Options): Promise<Row[]> {
  const busy = { figure: 'load of the machine before the first figure', value: loadavg()[0]!, unit: 'processes' }
  const source = await resolveBase()
  const dir = mkdtempSync(join(tmpdir(), 'tributary-bench-'))
  try {
    say(`base: ${source.name}`)
    const base = await prepareBase({ file: source.path, into: join(dir, 'base'), name: source.name })
    const rows = [busy, ...(await gradients(base, seed, say)), ...(await decoding(base, 'fp32', seed, say))]
    const isPacked = await packed(base, source.path, say)
    return isPacked ? [...rows, ...(await decoding(base, 'int4', seed, say))] : rows
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Packs for int4; a base that did not come in Q4_1 has no such rows. */
async function packed(base: BaseModel, file: string, say: Options['say']): Promise<boolean> {
  try {
    await packInt4({ base, file })
    return true
  } catch (error) {
    if (!(error instanceof TributaryError && error.code === 'models/int4-source')) throw error
    say(`no int4: ${error.message}`)
    return false
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
  const seconds = await bestOf(() =>
    cpuSeconds(async () => {
      for (let i = 0; i < repeats; i++) await engine.rowGradients(batch, [theta])
    }),
  )
  return compared({ figure, value: seconds / repeats / together, unit: 'CPU-s a row' }, 'goal: at most', goal)
}

async function decoding(base: BaseModel, mode: EngineMode, seed: number, say: Options['say']): Promise<Row[]> {
  const engine = await createEngine({ base, mode, threads: 1 })
  const adapters = Array.from({ length: 8 }, (_, k) => digestText(`bench adapter ${k}`))
  for (const [k, digest] of adapters.entries()) await engine.addAdapter(digest, initialAdapter(engine.layout, seed + k))
  const promptIds = tokens(engine, seed, 16)
  const decode = async (batch: number, maxTokens: number): Promise<number> => {
    const answers = adapters.slice(0, batch).map((adapter) => engine.generate({ promptIds, adapter, maxTokens }))
    return (await Promise.all(answers)).reduce((sum, { ids }) => sum + ids.length, 0)
  }
  const rows: Row[] = []
  for (const [i, batch] of [1, 8].entries()) {
    say(`decoding, ${modeNames[mode]}, ${batch} together`)
    await decode(batch, 2)
    const secondsAToken = await bestOf(async () => {
      // What prompts and first tokens cost is not decoding.
      const startSeconds = await cpuSeconds(() => decode(batch, 1))
      let made = 0
      const seconds = await cpuSeconds(async () => {
        made = await decode(batch, answerTokens)
      })
      return (seconds - startSeconds) / (made - batch)
    })
    const figure = `decoding, ${modeNames[mode]}, b = ${batch}${batch === 1 ? '' : `, ${batch} adapters`}`
    rows.push(
      compared({ figure, value: 1 / secondsAToken, unit: 'tokens a CPU-s' }, 'goal: at least', decodingGoals[mode][i]!),
    )
  }
  await engine.close()
  return rows
}

async function bestOf(round: () => Promise<number>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < rounds; i++) best = Math.min(best, await round())
  return best
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

function compared(row: Pick<Row, 'figure' | 'value' | 'unit'>, peer: string, goal: number): Row {
  return { ...row, peer, peerValue: goal, ratio: row.value / goal }
}
