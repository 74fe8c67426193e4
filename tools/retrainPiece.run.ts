import { decodeUnroll, finalTheta } from '../attribution/index.ts'
import { TributaryError } from '../kernel/index.ts'
import { retrain } from '../models/index.ts'
import { openEvaluation } from './evaluating/openEvaluation.ts'
import { queryRows } from './evaluating/queryRows.ts'
import { trainingsOf, weightsWithout } from './evaluating/trainingsOf.ts'
import type { retrainPiece } from './retrainPiece.ts'
import type { Run } from './runTool.ts'
import { readTrainingCard } from './training/readTrainingCard.ts'
import { readUnrollState } from './unrolling/stateFile.ts'

export const run: Run<typeof retrainPiece> = async ({ evaluation, state, from, to }, ctx) => {
  const opened = await openEvaluation(ctx, evaluation)
  const { run: of, path, adapter } = opened
  try {
    const { scores } = decodeUnroll(await readUnrollState(ctx, evaluation, { step: 0, digest: state }))
    const trainings = await trainingsOf(ctx, opened, scores)
    const { steps, skipped } = await readTrainingCard(ctx, adapter.cardDigest)
    const places = new Map(of.plan.samples.map(({ id }, place) => [id, place]))
    const start = performance.now()
    const { thetas } = await retrain(
      ctx.engine,
      of,
      trainings.slice(from, to).map((removed) => weightsWithout(of.plan.samples.length, removed)),
      {
        steps,
        skipped: skipped.map(({ step, sample }) => ({ step, sample: places.get(sample)! })),
        onStep: ({ step }) => {
          const left = ((performance.now() - start) / 1_000 / step) * (steps - step)
          const note = `about ${Math.ceil(left)} s left of ${to - from}`
          const done = from + ((to - from) * step) / steps
          ctx.call.heartbeat?.({ step: 'retraining', done: Math.floor(done), of: trainings.length, note })
        },
        ...(ctx.call.signal ? { signal: ctx.call.signal } : {}),
      },
    )
    if (from === 0) refuseOtherAdapter(thetas[0]!, await finalTheta(path), adapter.digest)
    const found = await ctx.engine.rowLosses(await queryRows(opened, thetas.length), thetas, of.layout)
    const queries = opened.plan.queries.length
    const losses = new Float64Array(thetas.length * queries)
    for (const k of thetas.keys())
      for (let q = 0; q < queries; q++) losses[k * queries + q] = found[q * thetas.length + k]!
    return { losses: await ctx.blobs.put(new Uint8Array(losses.buffer)) }
  } finally {
    await opened.close()
  }
}

/** The first training leaves nobody out: where it is not the adapter, nothing that is retrained here tells of it. */
function refuseOtherAdapter(theta: Float32Array, trained: Float32Array, adapter: string): void {
  const at = theta.findIndex((value, p) => value !== trained[p])
  if (at < 0) return
  throw new TributaryError('Training again with all samples did not give this adapter.', {
    code: 'tools/not-replayable',
    facts: { adapter, parameter: at },
    tryThis: 'evaluate it on the class of machine that trained it, with the version that did',
  })
}
