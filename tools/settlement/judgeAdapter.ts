import { rankCorrelation } from '../../attribution/index.ts'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { attributionOf, getAdapter, receiptsOfEpoch } from '../../store/index.ts'
import { epochToScore } from './epochToScore.ts'
import type { ToolContext } from '../context.ts'
import type { AdapterScoring } from './scoringReport.ts'
import { readSampleScores } from './readSampleScores.ts'
import { readRunPlan } from '../training/readRunPlan.ts'

/** Ranks of fewer say nothing. */
const fewestGroups = 3

/**
 * The counterfactual adapters are real retrainings, so every epoch tests its own unroll: group by group, the sum of the
 * samples' scores against the fee-weighted mean of the linear counterfactual scores.
 */
export async function judgeAdapter(
  ctx: ToolContext,
  { epoch, adapter, sampleScores }: { epoch: number; adapter: Digest; sampleScores: Digest | null },
): Promise<AdapterScoring> {
  const { adapters } = await epochToScore(ctx, epoch)
  const judged = adapters.find((one) => one.adapter === adapter)
  if (!judged) {
    throw new TributaryError('No answer of this epoch was given by this adapter.', {
      code: 'tools/other-adapter',
      facts: { epoch, adapter },
      tryThis: 'name an adapter of the epoch: plan_scoring lists them',
    })
  }
  const { groups, evidenceFloorPpm } = judged
  if (sampleScores === null) return { adapter, groups, sampleScores, rankPpm: null, fallback: 'not-replayable' }
  const plan = await readRunPlan(ctx, await getAdapter(ctx.store, { digest: adapter }))
  const scores = await readSampleScores(ctx, sampleScores, plan.samples.length)
  const groupOf = new Map(plan.groups.flatMap((members, group) => members.map((payee) => [payee, group] as const)))
  const predicted = new Float64Array(groups)
  for (const [i, { payee }] of plan.samples.entries()) predicted[groupOf.get(payee)!]! += scores[i]!
  const actual = new Float64Array(groups)
  for (const { id, receipt } of await receiptsOfEpoch(ctx.store, { epoch })) {
    if (receipt.adapter !== adapter) continue
    const { groups: scored } = await attributionOf(ctx.store, { receipt: id, tier: 'receipt' })
    for (const { group, scoreMicroNats } of scored) actual[group]! += Number(receipt.feeWei) * scoreMicroNats
  }
  const rankPpm = groups < fewestGroups ? null : Math.round(1e6 * rankCorrelation(predicted, actual))
  const holds = rankPpm === null || rankPpm >= evidenceFloorPpm
  return { adapter, groups, sampleScores, rankPpm, fallback: holds ? null : 'below-floor' }
}
