import type { explainPage } from './explainPage.ts'
import { composeExplanation } from './explaining/composeExplanation.ts'
import { drawPage } from './explaining/drawPage.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof explainPage> = async ({ payee, receipt }, ctx) => {
  const explanation = await composeExplanation(ctx, payee, receipt)
  return { explanation, html: drawPage(explanation) }
}
