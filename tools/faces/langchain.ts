import { ToolMessage } from '@langchain/core/messages'
import { DynamicStructuredTool, ToolInputParsingException, type StructuredToolInterface } from '@langchain/core/tools'
import { findError } from '../../kernel/index.ts'
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
  effectKey: (tool: string, input: unknown) => string | undefined,
): StructuredToolInterface[] {
  return tools.map((bound) => {
    const { name, summary, input: schema } = bound.definition
    const run = async (input: unknown): Promise<string> => {
      const key = effectKey(name, input)
      const call = { ...ctx.call, face: 'langchain' as const, ...(key === undefined ? {} : { effectKey: key }) }
      try {
        return toWire(await runTool(bound, input, { ...ctx, call }))
      } catch (failure) {
        const coded = findError(failure)
        if (!coded) throw failure
        return toWire({ error: coded.toJSON() })
      }
    }
    return new OneDoorTool({ name, description: summary, schema, func: run })
  })
}

/** LangChain checks inputs before a tool sees them; what it refuses is refused by our one door instead, in our words. */
class OneDoorTool extends DynamicStructuredTool {
  override async call(...given: Parameters<DynamicStructuredTool['call']>): ReturnType<DynamicStructuredTool['call']> {
    try {
      return await super.call(...given)
    } catch (failure) {
      if (!(failure instanceof ToolInputParsingException)) throw failure
      const [asked] = given as [unknown]
      const { args, id, type } = asked as { args?: Record<string, unknown>; id?: string; type?: string }
      if (type !== 'tool_call') return this.func(asked)
      const content = (await this.func(args ?? {})) as string
      return new ToolMessage({ content, tool_call_id: id ?? '', name: this.name, status: 'error' })
    }
  }
}
