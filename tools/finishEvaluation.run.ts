import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  decodeUnroll,
  finalTheta,
  linearDatamodelingScore,
  predictedChanges,
  toMicroNats,
  type Study,
} from '../attribution/index.ts'
import { canonicalBytes, TributaryError, type Digest } from '../kernel/index.ts'
import { seededUniform } from '../models/index.ts'
import { addAdapterFile } from '../store/index.ts'
import { sampleInfluenceOf } from './attributing/sampleInfluenceOf.ts'
import type { ToolContext } from './context.ts'
import { scatterSvg } from './drawing/scatterSvg.ts'
import type { Evidence } from './evaluating/evaluationPlan.ts'
import { openEvaluation, type OpenedEvaluation } from './evaluating/openEvaluation.ts'
import { queryRows } from './evaluating/queryRows.ts'
import { trainingCount, trainingsOf, weightsWithout } from './evaluating/trainingsOf.ts'
import type { finishEvaluation } from './finishEvaluation.ts'
import type { Run } from './runTool.ts'
import { readRunPlan } from './training/readRunPlan.ts'
import { dropUnrollStates, readUnrollState } from './unrolling/stateFile.ts'

export const run: Run<typeof finishEvaluation> = async ({ evaluation, state, losses }, ctx) => {
  const opened = await openEvaluation(ctx, evaluation)
  try {
    const { scores } = decodeUnroll(await readUnrollState(ctx, evaluation, { step: 0, digest: state }))
    const evidence = await evidenceOf(ctx, opened, {
      evaluation,
      scores,
      changes: await changesOf(ctx, opened, losses),
    })
    const { points: _, ...rest } = evidence
    const blob = await ctx.blobs.put(canonicalBytes(evidence))
    const role = `evidence/${evaluation.slice(2, 18)}`
    await addAdapterFile(ctx.store, { adapter: evidence.adapter, role, blob })
    const picture = join(ctx.home.dir, 'pictures', `evidence-${blob.slice(2, 14)}.svg`)
    await mkdir(join(picture, '..'), { recursive: true })
    await writeFile(picture, pictureOf(evidence))
    await dropUnrollStates(ctx, evaluation)
    return { ...rest, evidence: blob, picture }
  } finally {
    await opened.close()
  }
}

/** Change of each query's loss by each training against the first, which leaves nobody out: [queries][trainings - 1], nats. */
async function changesOf(
  { blobs }: Pick<ToolContext, 'blobs'>,
  { plan }: OpenedEvaluation,
  digests: readonly Digest[],
): Promise<Float64Array[]> {
  const parts = await Promise.all(digests.map((digest) => blobs.get(digest)))
  const all = new Float64Array(Uint8Array.from(Buffer.concat(parts)).buffer)
  const queries = plan.queries.length
  const trainings = trainingCount(plan)
  if (all.length !== trainings * queries) {
    throw new TributaryError('These are not the losses of all pieces of this evaluation.', {
      code: 'tools/evaluation-pieces',
      facts: { found: all.length, trainings, queries },
      tryThis: 'give the losses of each piece of the plan once, in its order',
    })
  }
  return plan.queries.map((_, q) =>
    Float64Array.from({ length: trainings - 1 }, (_none, k) => all[(k + 1) * queries + q]! - all[q]!),
  )
}

async function evidenceOf(
  ctx: ToolContext,
  opened: OpenedEvaluation,
  { evaluation, scores, changes }: { evaluation: Digest; scores: Float64Array[]; changes: Float64Array[] },
): Promise<Evidence> {
  const { plan, run: of, path, adapter } = opened
  const samples = of.plan.samples.length
  const masks = plan.masks.map((removed) => weightsWithout(samples, removed))
  const actual = changes.map((own) => own.slice(0, masks.length))
  const found = await ctx.engine.rowGradients(await queryRows(opened), [await finalTheta(path)], of.layout)
  // The evaluation judges today's methods, whatever receipts of before were scored by.
  const by = ctx.governed.engine()
  const hessianFree = await sampleInfluenceOf(ctx, adapter, await readRunPlan(ctx, { run: plan.run }), by)
  const quick = await Promise.all(found.map(({ gradient }) => hessianFree.score({ gradient })))
  const predictedBy = (own: Float64Array[]): Float64Array[] => own.map((row) => predictedChanges(row, masks))
  const judged = (method: string, predicted: Study['predicted']): Evidence['methods'][number] => {
    const uniform = seededUniform(`bootstrap ${plan.seed} ${method}`)
    const { mean, lower90 } = linearDatamodelingScore([{ predicted, actual }], { uniform })
    return { method, ldsPpm: Math.round(1e6 * mean), lower90Ppm: Math.round(1e6 * lower90) }
  }
  const predicted = predictedBy(scores)
  return {
    v: 1,
    evaluation,
    adapter: plan.adapter,
    fractionPpm: plan.fractionPpm,
    samples,
    queries: plan.queries.length,
    masks: masks.length,
    methods: [judged('unroll/1', predicted), judged(hessianFree.id, predictedBy(quick))],
    checks: await checksOf(ctx, opened, { scores, changes }),
    points: predicted.flatMap((own, q) =>
      Array.from(own, (nats, m) => ({
        query: plan.queries[q]!,
        predictedNano: Math.round(1e9 * nats),
        actualNano: Math.round(1e9 * actual[q]![m]!),
      })),
    ),
  }
}

async function checksOf(
  ctx: ToolContext,
  opened: OpenedEvaluation,
  { scores, changes }: { scores: Float64Array[]; changes: Float64Array[] },
): Promise<Evidence['checks']> {
  const { plan, run: of } = opened
  const trainings = await trainingsOf(ctx, opened, scores)
  return plan.queries.slice(0, plan.checks).map((query, q) => {
    const at = plan.masks.length + 3 * q
    const [top, bm25, random] = changes[q]!.slice(at, at + 3)
    return {
      query: of.plan.heldOut[query]!.id,
      removed: trainings[1 + at]!.length,
      topMicroNats: toMicroNats(top!),
      bm25MicroNats: toMicroNats(bm25!),
      randomMicroNats: toMicroNats(random!),
    }
  })
}

function pictureOf({ adapter, fractionPpm, methods, masks, queries, points }: Evidence): string {
  const [unroll] = methods
  return scatterSvg({
    title: `${adapter.slice(0, 10)}: ${(fractionPpm / 1e4).toFixed(0)} % of the samples removed, ${masks} retrainings`,
    x: 'predicted change of the loss, nats',
    y: 'change by retraining, nats',
    points: points.map(({ predictedNano, actualNano }) => ({ x: predictedNano / 1e9, y: actualNano / 1e9 })),
    diagonal: true,
    note: `${queries} held-out texts; LDS ${(unroll!.ldsPpm / 1e6).toFixed(3)}, at least ${(unroll!.lower90Ppm / 1e6).toFixed(3)} in 95 of 100 draws`,
  })
}
