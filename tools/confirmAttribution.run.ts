import { recordAttribution } from '../store/index.ts'
import { confirmReceipt } from './attributing/confirmReceipt.ts'
import type { confirmAttribution } from './confirmAttribution.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof confirmAttribution> = async ({ receipt, form, scoring }, ctx) => {
  const attribution = await confirmReceipt(ctx, receipt, { form, scoring })
  return { receipt, attribution: await recordAttribution(ctx.store, { attribution, tier: 'money', atMs: ctx.now() }) }
}
