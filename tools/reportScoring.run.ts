import { canonicalBytes } from '../kernel/index.ts'
import { recordScoring } from '../store/index.ts'
import type { reportScoring } from './reportScoring.ts'
import type { Run } from './runTool.ts'
import { composeReport } from './settlement/composeReport.ts'

export const run: Run<typeof reportScoring> = async ({ epoch, adapters }, ctx) => {
  const content = await composeReport(ctx, epoch, adapters)
  const report = await ctx.blobs.put(canonicalBytes(content))
  await recordScoring(ctx.store, { epoch, scoring: report })
  return { epoch, report, linear: content.linear }
}
