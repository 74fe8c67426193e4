import type { Run } from './runTool.ts'
import { run as traceText } from './traceText.run.ts'
import type { traceTextPage } from './traceTextPage.ts'
import { drawTracePage } from './verbatim/drawTracePage.ts'
import { traceSchema } from './verbatim/trace.ts'

export const run: Run<typeof traceTextPage> = async (request, ctx) => {
  const trace = traceSchema.parse(await traceText(request, ctx))
  return { trace, html: drawTracePage(request.text, trace) }
}
