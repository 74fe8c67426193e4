import { withUpstreams, type AnswerEngine } from '../../models/index.ts'
import type { ToolContext } from '../context.ts'
import { upstreamOf } from './upstreamOf.ts'

/** What makes answers, and asks upstreams for those of the models of others that were put on sale here. */
export function resoldToo(ctx: Pick<ToolContext, 'store' | 'blobs' | 'engine'>, answers: AnswerEngine): AnswerEngine {
  const { tokenizer } = ctx.engine.base
  return withUpstreams(answers, { tokenizer, cardOf: (model) => upstreamOf(ctx, model) })
}
