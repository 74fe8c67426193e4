import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestText } from '../../kernel/index.ts'
import {
  adapterDigest,
  createEngine,
  finishRun,
  gpuDevices,
  gpuTrain,
  nobody,
  openRun,
  prepareBase,
  prepareRun,
  readState,
  recipeLayout,
  recipeOf,
  runBlock,
  stateFile,
  tinyBase,
  type BaseModel,
  type Engine,
  type FinishedRun,
  type GpuTrained,
  type Recipe,
  type Run,
} from '../../models/index.ts'
import { provideGpuPython, resolveBase } from '../../provision/index.ts'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'

/** One run, trained by the embedded engine: what a worker on each device is compared with. */
type Reference = { engine: Engine; run: Run; finished: FinishedRun; cpuSeconds: number }
type Setting = { name: string; recipe: Recipe; python: string; scratch: string; say: (line: string) => void }

const groups = 3
/** Of what the two engines compute from the same plan: float32 sums in other orders, over some dozen steps. */
const tolerance = 1e-4

/**
 * The same runs by the embedded engine and by the GPU worker's package, on every device that is here: how far losses,
 * weights and counterfactual differences are apart, whether a second time gives the same bytes, what it costs.
 * A tiny model with all blocks adapted at rank 2, and the base model with the recipe `quick` on 24 samples. Cost: minutes
 * of one core; seconds on a GPU. Throws provision/no-python, provision/pip, gpu/python.
 */
export async function run({ seed, say }: TableOptions): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  const python = await provideGpuPython({ say })
  const devices = await gpuDevices(python)
  say(`devices: ${devices.join(', ')}`)
  const scratch = mkdtempSync(join(tmpdir(), 'tributary-gpu-worker-'))
  try {
    const tiny = await tinyBase(join(scratch, 'tiny'), { seed })
    const source = await resolveBase()
    const real = await prepareBase({ file: source.path, into: join(scratch, 'base'), name: source.name })
    const small = { lastBlocks: 'all' as const, epochs: 3, batch: 4, maxLength: 64, maxLabels: 12 }
    const settings = [
      {
        name: 'tiny',
        base: tiny,
        recipe: recipeOf({ ...small, rank: 2, alpha: 4, learningRatePpb: 20_000_000, seed }),
      },
      { name: source.name, base: real, recipe: recipeOf({ batch: 8, seed }) },
    ]
    const rows: Row[] = []
    let versions: Record<string, string> = {}
    for (const { name, base, recipe } of settings) {
      const compared = await compareAll({ name, recipe, python, scratch, say }, base, devices)
      rows.push(...compared.rows)
      versions = compared.versions
    }
    return { rows, versions }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function compareAll(setting: Setting, base: BaseModel, devices: readonly string[]) {
  const { name, say } = setting
  say(`${name}: training with the embedded engine`)
  const reference = await trainHere(setting, base)
  const rows: Row[] = []
  let versions: Record<string, string> = {}
  for (const device of devices) {
    say(`${name}: training with PyTorch on ${device}, twice, then each adapter by itself`)
    const compared = await compare(setting, reference, device)
    rows.push(...compared.rows)
    versions = compared.versions
  }
  await reference.engine.close()
  return { rows, versions }
}

async function trainHere({ name, recipe, scratch }: Setting, base: BaseModel): Promise<Reference> {
  const engine = await createEngine({ base, layout: recipeLayout(recipe, base.config), threads: 1 })
  const dir = join(scratch, `${name}-here`)
  const run = await prepareRun({ engine, dir, recipe, ...textsFor(name === 'tiny' ? 10 : 24) })
  const before = process.cpuUsage()
  await runBlock(engine, run, { from: 0, to: run.steps })
  const { user, system } = process.cpuUsage(before)
  return { engine, run, finished: await finishRun(engine, run), cpuSeconds: (user + system) / 1e6 }
}

async function compare(
  { name, python, scratch }: Setting,
  { engine, run, finished, cpuSeconds }: Reference,
  device: string,
) {
  const train = async (folder: string, variants?: readonly number[]): Promise<GpuTrained & { dir: string }> => {
    const dir = join(scratch, `${name}-${device}-${folder}`)
    mkdirSync(dir)
    if (variants === undefined) copyFileSync(join(run.dir, 'plan.json'), join(dir, 'plan.json'))
    else await prepareRun({ engine, dir, recipe: run.plan.recipe, ...textsFor(run.plan.samples.length), variants })
    return { ...(await gpuTrain({ python, dir, base: engine.base.dir, device })), dir }
  }
  const made = await train('first')
  const again = await train('again')
  const theirs = await openRun({ engine, dir: made.dir })
  const { thetas } = await readState(stateFile(theirs, run.steps), { run: run.digest })
  const ours = finished.adapters.map(({ theta }) => theta)
  const same = made.adapters.filter(
    ({ digest }, k) =>
      digest === adapterDigest({ layout: run.layout, theta: thetas[k]! }, { baseName: engine.base.name }),
  )
  const bytes = (dir: string) => readFileSync(stateFile({ dir }, run.steps))
  let aloneSeconds = 0
  for (const variant of run.plan.variants) {
    const alone = await train(`alone${variant}`, [variant])
    aloneSeconds += device === 'cpu' ? alone.cpuSeconds : alone.seconds
  }
  const seconds = device === 'cpu' ? made.cpuSeconds : made.seconds
  const rowsTrained = run.plan.recipe.epochs * run.plan.samples.length * groups
  const peer = { peer: 'embedded engine, CPU' }
  const at = `${name}, ${device}`
  const perRow = device === 'cpu' ? 'CPU-s a sample and adapter' : 's a sample and adapter'
  const near = (figure: string, value: number, unit: string): Row => {
    const row = { figure: `${at}: ${figure}`, value, unit, ...peer }
    return { ...row, goal: `<= ${tolerance}`, met: value <= tolerance }
  }
  const all = (figure: string, value: number, of: number): Row => {
    return { figure: `${at}: ${figure}`, value, unit: `of ${of}`, goal: `${of}`, met: value === of }
  }
  const figures: Row[] = [
    near('loss of a step', lossGap(finished, made), 'largest relative difference'),
    near('held-out loss', heldOutGap(finished, made), 'largest relative difference'),
    near('weights', weightGap(ours, thetas), 'largest difference over largest weight'),
    near('what leaving a group out changes', changeGap(ours, thetas), 'length of the difference over length'),
    all('adapters whose digest both sides give', same.length, ours.length),
    all('second runs with the same bytes', bytes(made.dir).equals(bytes(again.dir)) ? 1 : 0, 1),
    { figure: `${at}: ${groups + 1} adapters together over one by one`, value: seconds / aloneSeconds, unit: 'time' },
    {
      figure: `${at}: cost`,
      value: seconds / rowsTrained,
      unit: perRow,
      ...(device === 'cpu' ? { ...peer, peerValue: cpuSeconds / rowsTrained, ratio: seconds / cpuSeconds } : {}),
    },
  ]
  const { device: kind, name: hardware, torch, transformers, peft } = made.device
  return { rows: figures, versions: { [`device ${kind}`]: hardware, torch, transformers, peft } }
}

function textsFor(count: number) {
  const samples = Array.from({ length: count }, (_, i) => ({
    id: digestText(`sample ${i}`),
    prompt: `Question ${i % 7}: what does part ${i} of the machine do?`.slice(0, 12 + 5 * (i % 9)),
    completion: `It turns the ${['wheel', 'belt', 'lamp', 'gate'][i % 4]} number ${(7_919 * i) % 100}.`,
  }))
  const other = (kind: string, n: number) =>
    samples.slice(0, n).map((sample, i) => ({ ...sample, id: digestText(`${kind} ${i}`), prompt: `${kind} ${i}` }))
  return {
    samples,
    heldOut: other('held out', 6),
    validation: other('validation', 4),
    groupOf: samples.map((_, i) => i % groups),
    variants: [nobody, ...Array.from({ length: groups }, (_, group) => group)],
  }
}

function lossGap({ lossesMicroNats }: FinishedRun, made: GpuTrained): number {
  return Math.max(...lossesMicroNats.map((loss, i) => Math.abs(made.lossesMicroNats[i]! - loss) / loss))
}

function heldOutGap({ heldOutLossBeforeNats, heldOutLossAfterNats }: FinishedRun, made: GpuTrained): number {
  return Math.max(
    Math.abs(made.heldOutLossBeforeMicroNats / 1e6 / heldOutLossBeforeNats - 1),
    Math.abs(made.heldOutLossAfterMicroNats / 1e6 / heldOutLossAfterNats - 1),
  )
}

function weightGap(ours: readonly Float32Array[], theirs: readonly Float32Array[]): number {
  let gap = 0
  let largest = 0
  for (const [k, theta] of ours.entries()) {
    for (const [p, value] of theta.entries()) {
      gap = Math.max(gap, Math.abs(theirs[k]![p]! - value))
      largest = Math.max(largest, Math.abs(value))
    }
  }
  return gap / largest
}

/** Of theta without a group minus theta with all, which is what a payee's score comes from: |ours - theirs| / |ours|. */
function changeGap(ours: readonly Float32Array[], theirs: readonly Float32Array[]): number {
  let worst = 0
  for (let k = 1; k < ours.length; k++) {
    let gap = 0
    let length = 0
    for (const [p, value] of ours[k]!.entries()) {
      const change = value - ours[0]![p]!
      gap += (theirs[k]![p]! - theirs[0]![p]! - change) ** 2
      length += change ** 2
    }
    worst = Math.max(worst, Math.sqrt(gap / length))
  }
  return worst
}
