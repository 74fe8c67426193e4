import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import type { Engine, RowGradient } from '../engine/Engine.ts'
import { adamStep } from './adamStep.ts'
import type { Run } from './prepareRun.ts'
import { adamSettings, learningRate } from './recipe.ts'
import { nobody } from './trainingPlan.ts'
import { initialState, readState, writeState, type TrainingState } from './trainingState.ts'
import { writeRecordedStep } from './TrainingRecord.ts'

export type BlockRequest = {
  from: number
  to: number
  /** What the state at `from` must hash to, where the caller knows. */
  fromDigest?: Digest
  onStep?: (step: number, steps: number, lossMicroNats: number) => void
  signal?: AbortSignal
}
export type BlockResult = {
  step: number
  /** sha-256 of the state after the block. */
  digest: Digest
  /** Mean loss of each step of the block, first variant. */
  lossesMicroNats: number[]
}

// A healthy per-sample gradient of a mean loss is below 100; beyond this the run is lost anyway.
const largestNorm = 1e4

export const stateFile = (run: Pick<Run, 'dir'>, step: number): string => join(run.dir, 'states', `${step}.bin`)
export const recordDir = (run: Pick<Run, 'dir'>): string => join(run.dir, 'record')

/**
 * Trains all variants of a run through steps `from` to `to` - 1, and writes the state after them.
 *
 * A step takes one micro-batched pass over (variant, sample) rows, those of a left-out group skipped; the batch gradient
 * is their sum in the order of the batch, divided by the recipe's batch size whatever was left out. The same state gives
 * the same bytes, however often it is killed and on any number of threads. A block that is done is not done again.
 * Throws models/state-missing, models/state-changed, models/diverged, models/cancelled, models/disk.
 */
export async function runBlock(engine: Engine, run: Run, request: BlockRequest): Promise<BlockResult> {
  const { from, to, fromDigest } = request
  if (!(from >= 0 && from < to && to <= run.steps)) {
    throw new TributaryError('A block must lie within the run.', {
      code: 'models/block-range',
      facts: { from, to, steps: run.steps },
      tryThis: `ask for steps from 0 to ${run.steps}`,
    })
  }
  if (existsSync(stateFile(run, to))) {
    const done = await readState(stateFile(run, to), { run: run.digest })
    return { step: to, digest: done.digest, lossesMicroNats: done.lossesMicroNats.slice(from, to) }
  }
  const { variants, recipe } = run.plan
  const start =
    from === 0
      ? initialState(run.digest, run.layout, { variants: variants.length, seed: recipe.seed })
      : await readState(stateFile(run, from), { run: run.digest, expected: fromDigest })
  const lossesMicroNats = [...start.lossesMicroNats]
  for (let step = from; step < to; step++) {
    if (request.signal?.aborted)
      throw new TributaryError('Training was cancelled.', { code: 'models/cancelled', retry: true })
    const loss = await oneStep(engine, run, start, step)
    lossesMicroNats.push(loss)
    request.onStep?.(step + 1, run.steps, loss)
  }
  const digest = await writeState(stateFile(run, to), { ...start, step: to, lossesMicroNats })
  return { step: to, digest, lossesMicroNats: lossesMicroNats.slice(from, to) }
}

async function oneStep(engine: Engine, run: Run, state: TrainingState, step: number): Promise<number> {
  const { variants, samples, recipe } = run.plan
  const indexes = run.order[step]!
  const hidden = await run.prefix.read(indexes)
  // All variants of a sample together: they share its padded size, and mostly a micro-batch.
  const pairs = Array.from(indexes).flatMap((sample, slot) =>
    variants.flatMap((leftOut, adapter) => (samples[sample]!.group === leftOut ? [] : [{ sample, slot, adapter }])),
  )
  const results = await engine.rowGradients(
    pairs.map(({ sample, adapter }) => ({ row: run.rows[sample]!, hidden: hidden.get(sample)!, adapter })),
    state.thetas,
  )
  const length = run.layout.length
  const sums = variants.map(() => new Float32Array(length))
  const recorded = new Float32Array(recipe.batch * length)
  const main = variants.indexOf(nobody)
  let firstLoss = 0
  let firstRows = 0
  for (const [i, { sample, slot, adapter }] of pairs.entries()) {
    const { lossNats, gradient } = results[i]!
    checkHealthy(results[i]!, { step, variant: variants[adapter]!, sample: samples[sample]!.id })
    const sum = sums[adapter]!
    for (let p = 0; p < length; p++) sum[p]! += gradient[p]! / recipe.batch
    if (adapter === main) recorded.set(gradient, slot * length)
    if (adapter !== 0) continue
    firstLoss += lossNats
    firstRows++
  }
  const rate = learningRate(recipe, step, run.steps)
  if (main >= 0) {
    const sampleIndexes = new Int32Array(recipe.batch).fill(-1)
    sampleIndexes.set(indexes)
    await writeRecordedStep(recordDir(run), step, {
      learningRate: rate,
      sampleIndexes,
      batchGradient: sums[main]!,
      gradients: recorded,
    })
  }
  const settings = adamSettings(recipe)
  for (const [k, gradient] of sums.entries()) {
    adamStep(state.thetas[k]!, { first: state.first[k]!, second: state.second[k]! }, gradient, settings, { step, rate })
  }
  return Math.round((1e6 * firstLoss) / Math.max(firstRows, 1))
}

function checkHealthy(
  { lossNats, gradient }: RowGradient,
  facts: { step: number; variant: number; sample: Digest },
): void {
  let squares = 0
  for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!
  const norm = Math.sqrt(squares)
  if (Number.isFinite(lossNats) && norm <= largestNorm) return
  throw new TributaryError('Training broke at a sample: its loss or gradient is not a sane number.', {
    code: 'models/diverged',
    facts: { ...facts, loss: String(lossNats), gradientNorm: String(norm) },
    tryThis: 'look at this sample; if it is sound, lower the learning rate of the recipe',
  })
}
