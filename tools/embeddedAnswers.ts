import type { AnswerEngine } from '../models/index.ts'
import type { ToolContext } from './context.ts'
import { ensureAdapter } from './ensureAdapter.ts'

/** Answers by the engine of this process, which reads an adapter when it is first asked for. */
export function embeddedAnswers(ctx: Pick<ToolContext, 'home' | 'engine'>): AnswerEngine {
  const { engine } = ctx
  return {
    contextTokens: engine.contextTokens,
    admit: (request) => engine.admit(request),
    generate: async (request) => {
      await ensureAdapter(ctx, request.adapter)
      return { stamp: engine.stamp, ...(await engine.generate(request)) }
    },
    describe: async () => {
      const { running, waiting, tokensPerSecond } = engine.progress
      const load = `${running} answers at work, ${waiting} waiting, ${Math.round(tokensPerSecond)} tokens/s lately`
      return `${engine.base.name}, ${engine.stamp.runtime}, ${engine.stamp.cpu}; ${load}`
    },
  }
}
