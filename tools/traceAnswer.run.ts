import { attributionOf, getReceipt } from '../store/index.ts'
import type { Run } from './runTool.ts'
import type { traceAnswer } from './traceAnswer.ts'

export const run: Run<typeof traceAnswer> = async ({ receipt, top }, { store, workflows }) => {
  await getReceipt(store, { id: receipt })
  // Starting is idempotent: this also covers a crash between the sale and the start of its attribution.
  const workflow = `attribute/${receipt}`
  await workflows.start('attribute', workflow, [receipt])
  await workflows.result(workflow)
  const attribution = await attributionOf(store, { receipt })
  return { ...attribution, top: attribution.top.slice(0, top) }
}
