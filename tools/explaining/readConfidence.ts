import { readMethodIds } from '../../attribution/index.ts'
import type { Attribution, AttributionTier, Digest } from '../../kernel/index.ts'
import { getEpoch, paymentOfReceipt, type AdapterWithFiles } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { evidenceSchema, type Evidence } from '../evaluating/evaluationPlan.ts'
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
  { adapter, tier }: { adapter: AdapterWithFiles; tier: AttributionTier },
): Promise<Confidence> {
  const report = await reportOf(ctx, receipt)
  const linear = report && report.linear.answers > 0 ? { epoch: report.epoch, ...report.linear } : null
  // What splits the groups at once is not what the report judges.
  const judged = tier === 'money' ? report?.adapters.find((one) => one.adapter === adapter.digest) : undefined
  const methods = readMethodIds(method)
  return confidenceOf({
    methods,
    linearError: linear,
    rankPpm: judged?.rankPpm ?? null,
    fallback: judged?.fallback ?? null,
    evidence: await evidenceOf(ctx, adapter, methods.sample),
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

/** The evaluation of the adapter that trained most, for the method that splits groups. */
async function evidenceOf(
  { blobs }: Pick<ToolContext, 'blobs'>,
  { files }: AdapterWithFiles,
  sample: string,
): Promise<Confidence['evidence']> {
  const all: Evidence[] = []
  for (const [name, digest] of Object.entries(files)) {
    if (!name.startsWith('evidence/')) continue
    all.push(evidenceSchema.parse(JSON.parse(new TextDecoder().decode(await blobs.get(digest)))))
  }
  const [best] = all.toSorted((a, b) => b.masks * b.queries - a.masks * a.queries)
  // The epoch's unroll is the unroll, of the mean of its answers.
  const judged = best?.methods.find(({ method }) => method === (sample === 'unroll-epoch/1' ? 'unroll/1' : sample))
  if (!best || !judged) return null
  return { ...judged, fractionPpm: best.fractionPpm, trainings: best.masks, queries: best.queries }
}
