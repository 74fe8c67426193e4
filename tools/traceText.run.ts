import { getSample } from '../store/index.ts'
import type { Run } from './runTool.ts'
import type { traceText } from './traceText.ts'
import { composeTrace } from './verbatim/composeTrace.ts'
import { openIndexes } from './verbatim/openIndexes.ts'

export const run: Run<typeof traceText> = async (request, ctx) =>
  composeTrace({
    ...request,
    indexes: await openIndexes(ctx, request),
    tokenizer: ctx.engine.base.tokenizer,
    sampleOf: (id) => getSample(ctx.store, { id }),
  })
