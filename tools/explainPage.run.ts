import { upstreamRecipe } from '../models/index.ts'
import { getReceipt } from '../store/index.ts'
import type { explainPage } from './explainPage.ts'
import { composeExplanation } from './explaining/composeExplanation.ts'
import { drawPage } from './explaining/drawPage.ts'
import { drawTraced } from './explaining/drawTraced.ts'
import { tracedExplanation } from './explaining/tracedExplanation.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof explainPage> = async ({ payee, receipt }, ctx) => {
  if ((await getReceipt(ctx.store, { id: receipt })).receipt.recipe === upstreamRecipe) {
    const explanation = await tracedExplanation(ctx, payee, receipt)
    return { explanation, html: drawTraced(explanation) }
  }
  const explanation = await composeExplanation(ctx, payee, receipt)
  return { explanation, html: drawPage(explanation) }
}
