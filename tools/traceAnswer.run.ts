import { attributionMethods, readMethodIds } from '../attribution/index.ts'
import { ppmInteger } from '../kernel/index.ts'
import { getAdapter, getReceipt } from '../store/index.ts'
import { readConfidence } from './explaining/readConfidence.ts'
import { readTier } from './explaining/readTier.ts'
import { sourcesOf } from './explaining/sourcesOf.ts'
import { refuseStrangers } from './gating/gate.ts'
import type { Run } from './runTool.ts'
import type { traceAnswer } from './traceAnswer.ts'
import { readRunPlan } from './training/readRunPlan.ts'

export const run: Run<typeof traceAnswer> = async ({ receipt: id, top, tier: asked, by, auditor }, ctx) => {
  await refuseStrangers(ctx, { tool: 'trace_answer', receipt: id, auditor })
  const { store, workflows } = ctx
  const { receipt } = await getReceipt(store, { id })
  // Starting is idempotent: this also covers a crash between the sale and the start of its attribution.
  const workflow = `attribute/${id}`
  await workflows.start('attribute', workflow, [id])
  await workflows.result(workflow)
  const { tier, attribution } = await readTier(ctx, id, asked)
  const record = { ...attribution, top: attribution.top.slice(0, top) }
  // Sources are of influence: of a trace the record itself says whose words are where.
  if ((asked === undefined && by === undefined) || attribution.provenance !== undefined) return record
  const adapter = await getAdapter(store, { digest: receipt.adapter })
  const plan = await readRunPlan(ctx, adapter)
  const { group, sample } = readMethodIds(attribution.method)
  const earnedPpm = attribution.payees.reduce((sum, { sharePpm }) => sum + sharePpm, 0)
  return {
    ...record,
    view: {
      tier,
      by: by ?? 'contributor',
      sources: sourcesOf(by ?? 'contributor', attribution, plan, top),
      poolPpm: ppmInteger.parse(1_000_000 - earnedPpm),
      claims: { groups: attributionMethods[group].claim, samples: attributionMethods[sample].claim },
      confidence: await readConfidence(ctx, attribution, { adapter, tier }),
    },
  }
}
