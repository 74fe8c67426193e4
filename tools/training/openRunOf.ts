import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../../kernel/index.ts'
import { openRun, prepareRun, type Run } from '../../models/index.ts'
import { getVersion, samplesOfVersion } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { readRunPlan } from './readRunPlan.ts'
import type { RunPlan } from './runPlan.ts'
import { appendTrainingEvent } from './trainingEvents.ts'

const toldEvery = 64

/**
 * Opens a planned run on the engine: its texts encoded or found. The frozen states of its texts are computed when a step
 * first needs them, and told as events.
 */
export async function openRunOf(ctx: ToolContext, id: Digest): Promise<{ plan: RunPlan; run: Run }> {
  const plan = await readRunPlan(ctx, { run: id })
  const dir = runFolder(ctx, id)
  const onProgress = async (done: number, of: number) => {
    ctx.call.heartbeat?.({ step: 'frozen blocks, texts', done, of })
    if (done % toldEvery === 0 || done === of)
      await appendTrainingEvent(ctx, id, `frozen/${done}`, { kind: 'frozen', body: { done, of } })
  }
  // A run that was prepared holds its tokens: only the first call reads the samples.
  if (existsSync(join(dir, 'plan.json'))) return { plan, run: await openRun({ engine: ctx.engine, dir, onProgress }) }
  const { number } = await getVersion(ctx.store, { root: plan.datanetRoot })
  const texts = new Map(
    (await samplesOfVersion(ctx.store, { datanet: plan.datanet, number })).map((sample) => [sample.id, sample]),
  )
  const pick = (ids: readonly Digest[]) => ids.flatMap((sample) => texts.get(sample) ?? [])
  const groupOfPayee = new Map(plan.groups.flatMap((members, group) => members.map((payee) => [payee, group] as const)))
  const run = await prepareRun({
    engine: ctx.engine,
    dir,
    recipe: plan.recipe,
    samples: pick(plan.samples.map((sample) => sample.id)),
    heldOut: pick(plan.heldOut),
    validation: pick(plan.validation),
    groupOf: plan.samples.map(({ payee }) => groupOfPayee.get(payee) ?? -1),
    onProgress,
  })
  return { plan, run }
}

export function runFolder({ home }: Pick<ToolContext, 'home'>, run: Digest): string {
  return join(home.dir, placeOfRun(run))
}

/** Of its folder below the home, with a slash on every system. */
export function placeOfRun(run: Digest): string {
  return `training/${run.slice(2, 18)}`
}
