import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalBytes, TributaryError, type Digest, type Sample } from '../../kernel/index.ts'
import type { AdapterLayout } from '../adapters/AdapterLayout.ts'
import type { Engine } from '../engine/Engine.ts'
import { batchOrder } from './batchOrder.ts'
import type { EncodedRow } from './EncodedRow.ts'
import { encodeSample } from './encodeSample.ts'
import { PrefixFile } from './PrefixFile.ts'
import { recipeLayout, type Recipe } from './recipe.ts'
import { nobody, planDigest, rowOf, trainingPlanSchema, type SkippedSample, type TrainingPlan } from './trainingPlan.ts'
import { writeAtomic } from '../load/writeAtomic.ts'

export type Run = {
  readonly dir: string
  /** Digest of plan.json: base, recipe, samples, groups, variants. */
  readonly digest: Digest
  readonly plan: TrainingPlan
  readonly layout: AdapterLayout
  readonly steps: number
  readonly order: readonly Int32Array[]
  /** Samples, then held-out texts, then validation texts. */
  readonly rows: readonly EncodedRow[]
  readonly prefix: PrefixFile
}

export type RunRequest = {
  engine: Engine
  /** A folder of its own; what is there of the same run is used. */
  dir: string
  recipe: Recipe
  samples: readonly Pick<Sample, 'id' | 'prompt' | 'completion'>[]
  heldOut: readonly Pick<Sample, 'id' | 'prompt' | 'completion'>[]
  /** None unless given: then the last checkpoint is the one that is kept. */
  validation?: readonly Pick<Sample, 'id' | 'prompt' | 'completion'>[]
  /** The payee group of each sample, from 0. */
  groupOf: readonly number[]
  /** Adapters to train: `nobody` (-1) for the main one, or the group left out. All of them unless given. */
  variants?: readonly number[]
  /** What the main adapter's run skipped, where it is not among the variants. */
  skipped?: readonly SkippedSample[]
  /** Told how many texts have passed the frozen blocks. */
  onProgress?: (done: number, of: number) => void | Promise<void>
}

/**
 * Fixes a run: its texts as tokens, its order, its layout. Idempotent: a second call with the same request finds the first.
 * The states of the frozen blocks are computed when they are first needed, 0.1 s of one core a text of 128 tokens.
 * Throws models/other-base, models/run-changed, models/max-length, models/disk.
 */
export async function prepareRun(request: RunRequest): Promise<Run> {
  const { engine, recipe, samples, heldOut, groupOf } = request
  const groups = groupOf.reduce((most, group) => Math.max(most, group + 1), 0)
  const encode = ({ id, ...sample }: (typeof samples)[number]): TrainingPlan['heldOut'][number] => {
    const row = encodeSample({ id, ...sample }, engine.base.tokenizer, recipe)
    const prompt = Array.from(row.ids.subarray(0, row.ids.length - row.labels.length + 1))
    return { id, prompt, answer: Array.from(row.labels) }
  }
  const plan: TrainingPlan = {
    v: 2,
    base: engine.base.digest,
    recipe,
    samples: samples.map((sample, i) => ({ ...encode(sample), group: groupOf[i] ?? unGrouped(sample.id) })),
    heldOut: heldOut.map(encode),
    validation: (request.validation ?? []).map(encode),
    variants: [...(request.variants ?? [nobody, ...Array.from({ length: groups }, (_, group) => group)])],
    skipped: [...(request.skipped ?? [])],
  }
  return openPlan(trainingPlanSchema.parse(plan), request)
}

/** Opens a run that was prepared before. Throws models/run-missing, and as prepareRun. */
export async function openRun(request: Pick<RunRequest, 'engine' | 'dir' | 'onProgress'>): Promise<Run> {
  const file = join(request.dir, 'plan.json')
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TributaryError('There is no training run here.', {
      code: 'models/run-missing',
      facts: { dir: request.dir },
      tryThis: 'prepare the run first',
      cause,
    })
  })
  const parsed = trainingPlanSchema.safeParse(JSON.parse(text))
  if (!parsed.success) throw changed(request.dir)
  return openPlan(parsed.data, request)
}

async function openPlan(plan: TrainingPlan, request: Pick<RunRequest, 'engine' | 'dir' | 'onProgress'>): Promise<Run> {
  const { engine, dir, onProgress } = request
  const layout = recipeLayout(plan.recipe, engine.base.config)
  if (plan.base !== engine.base.digest) {
    throw new TributaryError('This engine was opened on another base model than the run needs.', {
      code: 'models/other-base',
      facts: { dir, base: engine.base.digest, wantedBase: plan.base },
      tryThis: 'start with the base model of the run: set TRIBUTARY_BASE as it was then',
    })
  }
  const bytes = canonicalBytes(plan)
  const found = await readFile(join(dir, 'plan.json')).catch(() => undefined)
  if (found && !found.equals(bytes)) throw changed(dir)
  if (!found) await writeAtomic(join(dir, 'plan.json'), [bytes])

  const rows = [...plan.samples, ...plan.heldOut, ...plan.validation].map(rowOf)
  const prefix = new PrefixFile({
    file: join(dir, 'prefix.bin'),
    rows,
    hiddenSize: engine.base.config.hidden_size,
    compute: (some) => engine.prefixStates(some, layout),
    onRow: (done) => onProgress?.(done, rows.length),
  })
  const { epochs, batch, seed } = plan.recipe
  const order = batchOrder({ samples: plan.samples.length, epochs, batch, seed })
  return { dir, digest: planDigest(plan), plan, layout, steps: order.length, order, rows, prefix }
}

function changed(dir: string): TributaryError {
  return new TributaryError('Another training run is already in this folder, or its plan was changed.', {
    code: 'models/run-changed',
    facts: { dir },
    tryThis: 'give each run a folder named by its digest',
  })
}

function unGrouped(id: Digest): never {
  throw new TributaryError('A sample has no payee group.', {
    code: 'models/no-group',
    facts: { sample: id },
    tryThis: 'give one group for each sample, in the order of the samples',
  })
}
