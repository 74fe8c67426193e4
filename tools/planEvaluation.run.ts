import { canonicalBytes, digestString, TributaryError } from '../kernel/index.ts'
import { seededUniform } from '../models/index.ts'
import { getAdapter } from '../store/index.ts'
import type { EvaluationPlan } from './evaluating/evaluationPlan.ts'
import { trainingCount } from './evaluating/trainingsOf.ts'
import type { planEvaluation } from './planEvaluation.ts'
import type { Run } from './runTool.ts'
import { openPathOf } from './unrolling/openPathOf.ts'
import { refuseUnlessReplayed } from './unrolling/refuseUnlessReplayed.ts'

/** Trainings that go on side by side, and blocks of the unroll: what a kill can cost. */
const together = 4
const blocksAtMost = 6

export const run: Run<typeof planEvaluation> = async (wish, ctx) => {
  const adapter = await getAdapter(ctx.store, { digest: wish.adapter })
  const { run: opened, path, close } = await openPathOf(ctx, adapter)
  try {
    await refuseUnlessReplayed(ctx, adapter, path)
    const samples = opened.plan.samples.length
    const removed = Math.max(1, Math.round((samples * wish.fractionPpm) / 1e6))
    const heldOut = opened.plan.heldOut.length
    if (removed >= samples || wish.queries > heldOut || wish.checks > wish.queries) {
      throw new TributaryError('There is not enough in this run for such an evaluation.', {
        code: 'tools/evaluation-size',
        facts: { samples, removed, heldOut, queries: wish.queries, checks: wish.checks },
        tryThis: 'remove fewer samples, or ask about fewer texts; checks are some of the queries',
      })
    }
    const draw = (count: number, of: number, seed: string): number[] => {
      const uniform = seededUniform(`evaluation ${wish.seed} ${seed}`)
      const keys = Array.from({ length: of }, uniform)
      const order = Array.from(keys.keys()).toSorted((a, b) => keys[a]! - keys[b]! || a - b)
      return order.slice(0, count).toSorted((a, b) => a - b)
    }
    const plan: EvaluationPlan = {
      v: 1,
      adapter: adapter.digest,
      run: digestString.parse(adapter.run),
      path: digestString.parse(adapter.files['path']),
      fractionPpm: wish.fractionPpm,
      masks: Array.from({ length: wish.masks }, (_, m) => draw(removed, samples, `mask ${m}`)),
      queries: draw(wish.queries, heldOut, 'queries'),
      checks: wish.checks,
      seed: wish.seed,
    }
    const trainings = trainingCount(plan)
    const size = Math.ceil(path.steps / blocksAtMost)
    const blocks = []
    for (let from = path.steps; from > 0; from -= size) blocks.push({ from, to: Math.max(0, from - size) })
    const pieces = []
    for (let from = 0; from < trainings; from += together)
      pieces.push({ from, to: Math.min(trainings, from + together) })
    return { evaluation: await ctx.blobs.put(canonicalBytes(plan)), trainings, blocks, pieces }
  } finally {
    await close()
  }
}
