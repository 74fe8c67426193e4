import { existsSync } from 'node:fs'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import type { Engine } from '../engine/Engine.ts'
import type { ValidationLoss } from './chooseStep.ts'
import { meanLosses } from './meanLosses.ts'
import type { Run } from './prepareRun.ts'
import { stateFile } from './runFiles.ts'
import { nobody, type SkippedSample } from './trainingPlan.ts'
import { initialState, readState, writeState, type TrainingState } from './trainingState.ts'
import { trainStep, type StepReport } from './trainStep.ts'

export type StepDone = StepReport & {
  /** Steps done, this one counted; 0 for the look before the first. */
  step: number
  steps: number
  /** Set after the steps at which the validation texts were looked at. */
  validationLossMicroNats?: number
}
export type BlockRequest = {
  from: number
  to: number
  /** What the state at `from` must hash to, where the caller knows. */
  fromDigest?: Digest
  /** Training waits for it. */
  onStep?: (done: StepDone) => void | Promise<void>
  signal?: AbortSignal
}
export type BlockResult = {
  step: number
  /** sha-256 of the state after the block. */
  digest: Digest
  /** Mean loss of each step of the block, first variant. */
  lossesMicroNats: number[]
  /** All looks since the run began. */
  validation: ValidationLoss[]
  /** All samples that were skipped since the run began. */
  skipped: SkippedSample[]
}

/**
 * Trains all variants of a run through steps `from` to `to` - 1, and writes the state after them. The same state gives the
 * same bytes, however often it is killed, however the run is cut into blocks, and on any number of threads. A block that is
 * done is not done again.
 * Throws models/state-missing, models/state-changed, models/block-range, models/cancelled, and what trainStep throws.
 */
export async function runBlock(engine: Engine, run: Run, request: BlockRequest): Promise<BlockResult> {
  const { from, to, fromDigest, onStep } = request
  if (!(from >= 0 && from < to && to <= run.steps)) {
    throw new TributaryError('A block must lie within the run.', {
      code: 'models/block-range',
      facts: { from, to, steps: run.steps },
      tryThis: `ask for steps from 0 to ${run.steps}`,
    })
  }
  if (existsSync(stateFile(run, to))) return resultOf(await readState(stateFile(run, to), { run: run.digest }), from)
  const { variants, recipe, skipped } = run.plan
  const state: TrainingState =
    from === 0
      ? initialState(run.digest, run.layout, { variants: variants.length, seed: recipe.seed, skipped })
      : await readState(stateFile(run, from), { run: run.digest, expected: fromDigest })
  const look = async (step: number): Promise<{ validationLossMicroNats?: number }> => {
    const lossMicroNats = await validationLoss(engine, run, state, step)
    if (lossMicroNats === undefined) return {}
    state.validation.push({ step, lossMicroNats })
    return { validationLossMicroNats: lossMicroNats }
  }
  if (from === 0) {
    const looked = await look(0)
    if ('validationLossMicroNats' in looked)
      await onStep?.({ step: 0, steps: run.steps, lossMicroNats: 0, skipped: [], ...looked })
  }
  for (let step = from; step < to; step++) {
    if (request.signal?.aborted)
      throw new TributaryError('Training was cancelled.', { code: 'models/cancelled', retry: true })
    const report = await trainStep(engine, run, state, step)
    state.lossesMicroNats.push(report.lossMicroNats)
    const looked = await look(step + 1)
    await onStep?.({ ...report, step: step + 1, steps: run.steps, ...looked })
  }
  const done = { ...state, step: to }
  return resultOf({ ...done, digest: await writeState(stateFile(run, to), done) }, from)
}

function resultOf(state: TrainingState & { digest: Digest }, from: number): BlockResult {
  const { step, digest, lossesMicroNats, validation, skipped } = state
  return { step, digest, lossesMicroNats: lossesMicroNats.slice(from), validation, skipped }
}

/** Mean loss of the main adapter over the validation texts; only where the recipe looks, and the main adapter is trained. */
async function validationLoss(
  engine: Engine,
  run: Run,
  { thetas }: TrainingState,
  step: number,
): Promise<number | undefined> {
  const { samples, heldOut, validation, recipe, variants } = run.plan
  const main = variants.indexOf(nobody)
  const due = step % recipe.validation.everySteps === 0 || step === run.steps
  if (main < 0 || validation.length === 0 || !due) return undefined
  const first = samples.length + heldOut.length
  const [loss] = await meanLosses(
    engine,
    run,
    validation.map((_, i) => first + i),
    [thetas[main]!],
  )
  if (Number.isFinite(loss)) return Math.round(1e6 * loss!)
  throw new TributaryError('The validation loss is not a number any more.', {
    code: 'models/diverged',
    facts: { step, loss: String(loss) },
    tryThis: 'lower the learning rate of the recipe, or warm up longer',
  })
}
