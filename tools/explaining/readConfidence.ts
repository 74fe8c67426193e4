import { readMethodIds } from '../../attribution/index.ts'
import type { Attribution, AttributionTier, Digest } from '../../kernel/index.ts'
import { getEpoch, paymentOfReceipt } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { readScoringReport } from '../settlement/readScoringReport.ts'
import type { ScoringReport } from '../settlement/scoringReport.ts'
import { confidenceOf, type Confidence } from './confidence.ts'

/**
 * What is stored about the error of an answer's scores: its methods, and the report of its epoch where that is written.
 * Throws attribution/unknown-method, and what readScoringReport throws.
 */
export async function readConfidence(
  ctx: Pick<ToolContext, 'store' | 'blobs'>,
  { receipt, method }: Pick<Attribution, 'receipt' | 'method'>,
  { adapter, tier }: { adapter: Digest; tier: AttributionTier },
): Promise<Confidence> {
  const report = await reportOf(ctx, receipt)
  const linear = report && report.linear.answers > 0 ? { epoch: report.epoch, ...report.linear } : null
  // What splits the groups at once is not what the report judges.
  const judged = tier === 'money' ? report?.adapters.find((one) => one.adapter === adapter) : undefined
  return confidenceOf({
    methods: readMethodIds(method),
    linearError: linear,
    rankPpm: judged?.rankPpm ?? null,
    fallback: judged?.fallback ?? null,
  })
}

async function reportOf(
  ctx: Pick<ToolContext, 'store' | 'blobs'>,
  receipt: Digest,
): Promise<ScoringReport | undefined> {
  const { epoch } = await paymentOfReceipt(ctx.store, { receipt })
  if (epoch === null) return undefined
  const { scoring } = await getEpoch(ctx.store, { epoch })
  return scoring === null ? undefined : readScoringReport(ctx, scoring)
}
