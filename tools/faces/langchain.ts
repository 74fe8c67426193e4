import { tool, type StructuredToolInterface } from '@langchain/core/tools'
import { canonicalText, findError } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { runTool, type BoundTool } from '../runTool.ts'
import { toWire } from './wire.ts'

/**
 * The tools as LangChain tools, for any agent that speaks LangChain.
 * `effectKey` names the intention behind a call; it must not come from the model's tool-call id, which changes every turn.
 * A coded error is returned to the model as text, because it can act on the next step; anything else is thrown.
 */
export function langchainTools(
  tools: readonly BoundTool[],
  ctx: ToolContext,
  effectKey: (tool: string, input: unknown) => string,
): StructuredToolInterface[] {
  return tools.map((bound) =>
    tool(
      async (input: unknown) => {
        try {
          const call = { ...ctx.call, face: 'langchain' as const, effectKey: effectKey(bound.definition.name, input) }
          return toWire(await runTool(bound, input, { ...ctx, call }))
        } catch (failure) {
          const coded = findError(failure)
          if (!coded) throw failure
          return canonicalText({ error: coded.toJSON() })
        }
      },
      { name: bound.definition.name, description: bound.definition.summary, schema: bound.definition.input },
    ),
  )
}
