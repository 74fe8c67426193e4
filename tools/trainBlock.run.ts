import { runBlock, stateFile } from '../models/index.ts'
import { listCheckpoints, recordCheckpoint } from '../store/index.ts'
import type { Run } from './runTool.ts'
import type { trainBlock } from './trainBlock.ts'
import { openRunOf } from './training/openRunOf.ts'

export const run: Run<typeof trainBlock> = async ({ run: id, from, to }, ctx) => {
  const { engine, store, blobs, call, now } = ctx
  const { run: opened } = await openRunOf(ctx, id)
  const before = (await listCheckpoints(store, { run: id })).find(({ step }) => step === from)
  let last = performance.now()
  const { digest, lossesMicroNats } = await runBlock(engine, opened, {
    from,
    to,
    ...(before === undefined ? {} : { fromDigest: before.state }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
    onStep: ({ step, steps, lossMicroNats }) => {
      const seconds = (performance.now() - last) / 1000
      last = performance.now()
      const left = (steps - step) * seconds
      call.heartbeat?.({
        step: 'step',
        done: step,
        of: steps,
        note: `loss ${(lossMicroNats / 1e6).toFixed(3)}, ${(opened.plan.recipe.batch / seconds).toFixed(1)} samples/s, about ${Math.ceil(left)} s left`,
      })
    },
  })
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
  return { run: id, step: to, checkpoint: digest, lossesMicroNats }
}
