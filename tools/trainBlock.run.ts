import { existsSync } from 'node:fs'
import {
  chooseStep,
  runBlock,
  stateFile,
  type BlockResult,
  type Run as TrainingRun,
  type StepDone,
} from '../models/index.ts'
import { listCheckpoints, recordCheckpoint } from '../store/index.ts'
import type { Digest } from '../kernel/index.ts'
import type { ToolContext } from './context.ts'
import type { Run } from './runTool.ts'
import type { trainBlock } from './trainBlock.ts'
import { checkGpuMade } from './training/checkGpuMade.ts'
import { openRunOf } from './training/openRunOf.ts'
import { appendTrainingEvent } from './training/trainingEvents.ts'

export const run: Run<typeof trainBlock> = async ({ run: id, from, to, made }, ctx) => {
  const { engine, store, blobs, call, now } = ctx
  const { run: opened } = await openRunOf(ctx, id)
  // The file is asked for first: without it our engine would train the block, and only then see that it differs.
  if (made !== undefined && !existsSync(stateFile(opened, to))) checkGpuMade(`the state after step ${to}`, [made], [])
  const before = (await listCheckpoints(store, { run: id })).find(({ step }) => step === from)
  const { digest, lossesMicroNats, validation, skipped } = await runBlock(engine, opened, {
    from,
    to,
    ...(before === undefined ? {} : { fromDigest: before.state }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
    onStep: tellOf(ctx, id, opened),
  })
  checkGpuMade(`the state after step ${to}`, made && [made], [digest])
  if (made !== undefined) await tellSteps(ctx, id, { from, steps: opened.steps, lossesMicroNats, validation })
  const blob = await blobs.putFile(stateFile(opened, to))
  const lossMicroNats = lossesMicroNats.at(-1)
  await recordCheckpoint(store, {
    run: id,
    step: to,
    state: digest,
    blob,
    ...(lossMicroNats === undefined ? {} : { lossMicroNats }),
    atMs: now(),
  })
  const { best, stop } = chooseStep(validation, opened.plan.recipe.validation, to)
  if (stop && to < opened.steps)
    await appendTrainingEvent(ctx, id, 'stopped', { kind: 'stopped', body: { step: to, best } })
  return {
    run: id,
    step: to,
    checkpoint: digest,
    lossesMicroNats,
    validationLossMicroNats: validation.find(({ step }) => step === to)?.lossMicroNats ?? null,
    skipped: skipped.flatMap(({ sample }) => opened.plan.samples[sample]?.id ?? []),
    stop,
  }
}

/** Each step to whoever watches: durably to the events of the run, and to the heartbeat with speed and time left. */
function tellOf(ctx: ToolContext, id: Digest, { plan }: TrainingRun): (done: StepDone) => Promise<void> {
  let last = performance.now()
  return async ({ step, steps, lossMicroNats, validationLossMicroNats, skipped }) => {
    const seconds = (performance.now() - last) / 1000
    if (step > 0) {
      for (const { id: sample, normMicro, boundMicro } of skipped)
        await appendTrainingEvent(ctx, id, `skipped/${step}/${sample}`, {
          kind: 'skipped',
          body: { step, sample, normMicro, boundMicro },
        })
      await appendTrainingEvent(ctx, id, `step/${step}`, { kind: 'step', body: { step, steps, lossMicroNats } })
    }
    if (validationLossMicroNats !== undefined)
      await appendTrainingEvent(ctx, id, `validation/${step}`, {
        kind: 'validation',
        body: { step, lossMicroNats: validationLossMicroNats },
      })
    last = performance.now()
    if (step === 0) return
    const held =
      validationLossMicroNats === undefined ? '' : `, held-out loss ${(validationLossMicroNats / 1e6).toFixed(3)}`
    ctx.call.heartbeat?.({
      step: 'step',
      done: step,
      of: steps,
      note: `loss ${(lossMicroNats / 1e6).toFixed(3)}${held}, ${(plan.recipe.batch / seconds).toFixed(1)} samples/s, about ${Math.ceil((steps - step) * seconds)} s left`,
    })
  }
}

/** What a GPU worker did, told as if it had been done here; a step that was told before is not told again. */
async function tellSteps(
  ctx: ToolContext,
  id: Digest,
  block: Pick<BlockResult, 'lossesMicroNats' | 'validation'> & { from: number; steps: number },
): Promise<void> {
  const { from, steps, lossesMicroNats, validation } = block
  for (const [i, lossMicroNats] of lossesMicroNats.entries()) {
    const step = from + i + 1
    await appendTrainingEvent(ctx, id, `step/${step}`, { kind: 'step', body: { step, steps, lossMicroNats } })
  }
  for (const { step, lossMicroNats } of validation.filter((look) => look.step > from || from === 0))
    await appendTrainingEvent(ctx, id, `validation/${step}`, { kind: 'validation', body: { step, lossMicroNats } })
}
