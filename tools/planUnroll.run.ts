import { canonicalBytes, digestString } from '../kernel/index.ts'
import { getAdapter } from '../store/index.ts'
import type { planUnroll } from './planUnroll.ts'
import type { Run } from './runTool.ts'
import { answersToUnroll } from './unrolling/answersToUnroll.ts'
import { refuseUnlessReplayed } from './unrolling/refuseUnlessReplayed.ts'
import { openPathOf } from './unrolling/openPathOf.ts'
import type { UnrollPlan } from './unrolling/unrollPlan.ts'

/** An unroll is cut about so often: a kill costs a quarter of it at most, and its states stay few. */
const blocksAtMost = 4

export const run: Run<typeof planUnroll> = async (input, ctx) => {
  const { adapter: digest, answers } = await answersToUnroll(ctx, input)
  const adapter = await getAdapter(ctx.store, { digest })
  const { path, close } = await openPathOf(ctx, adapter)
  try {
    await refuseUnlessReplayed(ctx, adapter, path)
    const plan: UnrollPlan = {
      v: 1,
      adapter: digest,
      run: digestString.parse(adapter.run),
      path: digestString.parse(adapter.files['path']),
      steps: path.steps,
      difference: input.epoch === undefined ? 'mixed' : 'central',
      answers,
    }
    const size = Math.ceil(path.steps / blocksAtMost)
    const blocks = []
    for (let from = path.steps; from > 0; from -= size) blocks.push({ from, to: Math.max(0, from - size) })
    return {
      unroll: await ctx.blobs.put(canonicalBytes(plan)),
      adapter: digest,
      steps: path.steps,
      answers: answers.length,
      blocks,
    }
  } finally {
    await close()
  }
}
