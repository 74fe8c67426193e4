import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Digest, TrainingRecord } from '../../kernel/index.ts'
import { writePeft } from '../adapters/writePeft.ts'
import type { Engine } from '../engine/Engine.ts'
import type { ValidationLoss } from './chooseStep.ts'
import { meanLosses } from './meanLosses.ts'
import type { Run } from './prepareRun.ts'
import { optimiserOf } from './recipe.ts'
import { recordDir, stateFile } from './runFiles.ts'
import { nobody, type SkippedSample } from './trainingPlan.ts'
import { readRecordedStep } from './recordedStep.ts'
import { initialState, readState } from './trainingState.ts'

export type FinishedAdapter = {
  /** `nobody` (-1): the main adapter; else the group left out. */
  readonly variant: number
  readonly digest: Digest
  /** PEFT folder. */
  readonly dir: string
  readonly theta: Float32Array
}
export type FinishedRun = {
  /** In the order of the plan's variants. */
  readonly adapters: FinishedAdapter[]
  /** Mean loss over the held-out texts, first variant, at the start and at the end. */
  readonly heldOutLossBeforeNats: number
  readonly heldOutLossAfterNats: number
  /** Of the steps that made the adapters. */
  readonly lossesMicroNats: number[]
  /** Looks at the validation texts until then. */
  readonly validation: ValidationLoss[]
  readonly skipped: SkippedSample[]
  /** The state that the adapters come from. */
  readonly state: Digest
}

/**
 * Writes every variant of a trained run as a PEFT folder, and measures the held-out loss before and after.
 *
 * `step`: the checkpoint that is published, for all variants the same; the last unless given. A counterfactual adapter
 * claims the same recipe, order and seed without a group, for as many steps: let each choose its own and the difference
 * would hold a jump from one checkpoint to another besides what the group taught.
 * Idempotent. `stateDigest`: what that state must hash to. Throws models/state-missing, models/state-changed.
 */
export async function finishRun(
  engine: Engine,
  run: Run,
  { step = run.steps, stateDigest }: { step?: number; stateDigest?: Digest } = {},
): Promise<FinishedRun> {
  const { variants, recipe } = run.plan
  const state = await readState(stateFile(run, step), { run: run.digest, expected: stateDigest })
  const adapters: FinishedAdapter[] = []
  for (const [k, variant] of variants.entries()) {
    const theta = state.thetas[k]!
    const dir = join(run.dir, 'adapters', variant === nobody ? 'main' : `without-${variant}`)
    const { digest } = await writePeft({ layout: run.layout, theta }, dir, { baseName: engine.base.name })
    adapters.push({ variant, digest, dir, theta })
  }
  const start = initialState(run.digest, run.layout, { variants: 1, seed: recipe.seed }).thetas[0]!
  const [before, after] = await heldOutLosses(engine, run, [start, state.thetas[0]!])
  return {
    adapters,
    heldOutLossBeforeNats: before!,
    heldOutLossAfterNats: after!,
    lossesMicroNats: state.lossesMicroNats,
    validation: state.validation,
    skipped: state.skipped,
    state: state.digest,
  }
}

/** Mean loss over the run's held-out texts for each of some adapters. */
export async function heldOutLosses(engine: Engine, run: Run, thetas: readonly Float32Array[]): Promise<number[]> {
  const first = run.plan.samples.length
  return meanLosses(
    engine,
    run,
    run.plan.heldOut.map((_, i) => first + i),
    thetas,
  )
}

/**
 * What the main run left behind up to a step, for the unroll that splits its influence over samples. The steps after the
 * published one did not make it, so they are no part of its record.
 */
export function trainingRecord(run: Run, steps = run.steps): TrainingRecord {
  return {
    optimiser: optimiserOf(run.plan.recipe),
    steps,
    samples: run.plan.samples.length,
    parameters: run.layout.length,
    step: (t) => readRecordedStep(recordDir(run), t),
  }
}

/** Removes per-sample gradients and prefix states, once they are folded into influence vectors: hundreds of megabytes. */
export async function dropScratch(run: Run): Promise<void> {
  await rm(recordDir(run), { recursive: true, force: true })
  await rm(join(run.dir, 'prefix.bin'), { force: true })
}
