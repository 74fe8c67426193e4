import { recordAttribution } from '../store/index.ts'
import type { attributeAnswer } from './attributeAnswer.ts'
import { scoreReceipt } from './attributing/scoreReceipt.ts'
import { signedBy } from './attributing/signedBy.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof attributeAnswer> = async ({ receipt }, ctx) => {
  const attribution = await scoreReceipt(ctx, receipt)
  const signed = await signedBy(ctx, attribution)
  return { receipt, attribution: await recordAttribution(ctx.store, { attribution, signed, atMs: ctx.now() }) }
}
