import { recordAttribution } from '../store/index.ts'
import { confirmReceipt } from './attributing/confirmReceipt.ts'
import { signedBy } from './attributing/signedBy.ts'
import type { confirmAttribution } from './confirmAttribution.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof confirmAttribution> = async ({ receipt, form, scoring }, ctx) => {
  const attribution = await confirmReceipt(ctx, receipt, { form, scoring })
  const signed = await signedBy(ctx, attribution)
  const recorded = await recordAttribution(ctx.store, { attribution, tier: 'money', signed, atMs: ctx.now() })
  return { receipt, attribution: recorded }
}
