import { gpuJob as blockJob } from '../models/index.ts'
import { listCheckpoints } from '../store/index.ts'
import type { gpuJob } from './gpuJob.ts'
import type { Run } from './runTool.ts'
import { openRunOf, placeOfRun } from './training/openRunOf.ts'
import { publishedStep } from './training/publishedStep.ts'

export const run: Run<typeof gpuJob> = async ({ run: id, block }, ctx) => {
  const { run: opened } = await openRunOf(ctx, id)
  const dir = placeOfRun(id)
  if (block === undefined) {
    const { step, stateDigest } = await publishedStep(ctx, id, opened)
    return { train: null, finish: { v: 1, dir, plan: opened.digest, step, state: stateDigest } }
  }
  const before = (await listCheckpoints(ctx.store, { run: id })).find(({ step }) => step === block.from)
  return {
    train: blockJob(opened, dir, { ...block, ...(before === undefined ? {} : { start: before.state }) }),
    finish: null,
  }
}
