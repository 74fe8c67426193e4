import { optimiserStep, TributaryError, type Digest } from '../../kernel/index.ts'
import { addGradient } from './addGradient.ts'
import type { Engine, RowGradient } from '../engine/Engine.ts'
import { gradientBound, gradientNorm } from './gradientBound.ts'
import type { Run } from './prepareRun.ts'
import { learningRate, optimiserOf } from './recipe.ts'
import { diverged, refuseInsane } from './refuseInsane.ts'
import { recordDir } from './runFiles.ts'
import { writeRecordedStep } from './recordedStep.ts'
import { nobody } from './trainingPlan.ts'
import type { TrainingState } from './trainingState.ts'

/** A sample of a batch, in its slot, with one of the variants: one row of gradients. */
type Pair = { sample: number; slot: number; adapter: number }

export type StepReport = {
  /** Mean over the rows of the first variant. */
  lossMicroNats: number
  skipped: { sample: number; id: Digest; normMicro: number | null; boundMicro: number }[]
}

/**
 * One step of all variants, in place: gradients of every (sample, variant) row, those of a left-out group not computed; the
 * batch gradient is their sum in the order of the batch, divided by the recipe's batch size whatever was left out.
 *
 * Whether a sample is poisoned is decided on the main adapter's gradient, and holds for all variants: they are the same
 * recipe with the same decisions, only without a group.
 * Throws models/diverged, models/poisoned-sample, models/too-many-poisoned, models/disk.
 */
export async function trainStep(engine: Engine, run: Run, state: TrainingState, step: number): Promise<StepReport> {
  const { variants, samples, recipe } = run.plan
  const indexes = run.order[step]!
  const left = new Set(state.skipped.flatMap((one) => (one.step <= step ? [one.sample] : [])))
  const hidden = await run.prefix.read(indexes)
  // All variants of a sample together: they share its padded size, and mostly a micro-batch.
  const pairs: Pair[] = Array.from(indexes).flatMap((sample, slot) =>
    variants.flatMap((leftOut, adapter) =>
      left.has(sample) || samples[sample]!.group === leftOut ? [] : [{ sample, slot, adapter }],
    ),
  )
  const results = await engine.rowGradients(
    pairs.map(({ sample, adapter }) => ({ row: run.rows[sample]!, hidden: hidden.get(sample)!, adapter })),
    state.thetas,
    run.layout,
  )
  const main = variants.indexOf(nobody)
  const skipped = main < 0 ? [] : judge(run, state, { step, pairs, results, main })
  const out = new Set(skipped.map(({ sample }) => sample))

  const length = run.layout.length
  const sums = variants.map(() => new Float32Array(length))
  const recorded = main < 0 ? undefined : new Float32Array(recipe.batch * length)
  const sampleIndexes = new Int32Array(recipe.batch).fill(-1)
  let firstLoss = 0
  let firstRows = 0
  for (const [i, { sample, slot, adapter }] of pairs.entries()) {
    if (out.has(sample)) continue
    const { lossNats, gradient } = results[i]!
    if (adapter !== main) refuseInsane(run, { step, sample, variant: variants[adapter]! }, results[i]!)
    addGradient(sums[adapter]!, gradient, { batch: recipe.batch })
    if (adapter === main) {
      recorded?.set(gradient, slot * length)
      sampleIndexes[slot] = sample
    }
    if (adapter !== 0) continue
    firstLoss += lossNats
    firstRows++
  }
  const rate = learningRate(recipe, step, run.steps)
  if (recorded) {
    const batchGradient = sums[main]!
    await writeRecordedStep(recordDir(run), step, {
      learningRate: rate,
      sampleIndexes,
      batchGradient,
      gradients: recorded,
    })
  }
  const optimiser = optimiserOf(recipe)
  for (const [k, gradient] of sums.entries()) {
    const [theta, first, second] = [state.thetas[k]!, state.first[k]!, state.second[k]!]
    optimiserStep({ theta, first, second }, gradient, optimiser, { step, learningRate: rate })
  }
  return { lossMicroNats: Math.round((1e6 * firstLoss) / Math.max(firstRows, 1)), skipped }
}

/** Which samples of this step are poisoned, by the main adapter's gradients; their healthy norms join the window. */
function judge(
  run: Run,
  state: TrainingState,
  { step, pairs, results, main }: { step: number; pairs: Pair[]; results: RowGradient[]; main: number },
): StepReport['skipped'] {
  const { samples, recipe } = run.plan
  const { poison } = recipe
  const own = pairs.flatMap(({ sample, adapter }, i) =>
    adapter === main ? [{ sample, norm: gradientNorm(results[i]!), lossNats: results[i]!.lossNats }] : [],
  )
  const boundMicro = gradientBound(
    poison,
    state.norms,
    own.map(({ norm }) => norm),
  )
  const bad = own.filter(({ norm }) => norm > boundMicro)
  const [worst] = bad
  if (worst) {
    const normMicro = Number.isFinite(worst.norm) ? worst.norm : null
    const facts = { sample: samples[worst.sample]!.id, step, loss: String(worst.lossNats), normMicro, boundMicro }
    if (2 * bad.length > own.length) throw diverged({ ...facts, badRows: bad.length, rows: own.length })
    if (poison.action === 'stop') throw poisoned(facts)
    const most = Math.max(1, Math.floor((samples.length * poison.mostPpm) / 1e6))
    if (state.skipped.length + bad.length > most) throw tooMany({ ...facts, most })
  }
  const healthy = own.flatMap(({ norm }) => (norm <= boundMicro ? [norm] : []))
  state.norms.push(...healthy)
  state.norms.splice(0, Math.max(0, state.norms.length - poison.window))
  state.skipped.push(...bad.map(({ sample }) => ({ step, sample })))
  return bad.map(({ sample, norm }) => ({
    sample,
    id: samples[sample]!.id,
    normMicro: Number.isFinite(norm) ? norm : null,
    boundMicro,
  }))
}

type Facts = NonNullable<ConstructorParameters<typeof TributaryError>[1]['facts']>

function poisoned(facts: Facts): TributaryError {
  return new TributaryError('The gradient of one sample is out of bounds, so training stopped at it.', {
    code: 'models/poisoned-sample',
    facts,
    tryThis:
      'look at this sample; have it rejected by curation, or train by a recipe with "poison": {"action": "skip"}, which leaves it out and records that',
  })
}

function tooMany(facts: Facts): TributaryError {
  return new TributaryError('More samples are out of bounds than the recipe lets training skip.', {
    code: 'models/too-many-poisoned',
    facts,
    tryThis: 'look at the samples; a lower learning rate, or poison.timesMedian, if they are sound',
  })
}
