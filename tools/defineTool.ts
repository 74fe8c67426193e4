import type { z } from 'zod'

/**
 * What a call can change. `read`: nothing. `write`: our own records. `spend`: money, or what can't be undone.
 * It decides MCP hints, whether an effect key is stored before the effect, and whether an approval may be asked.
 */
export type Effect = 'read' | 'write' | 'spend'

export type ToolDefinition<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> = {
  /** snake_case, unique: the name on every face. */
  readonly name: string
  /** One or two sentences in the imperative: what it does and what it costs. */
  readonly summary: string
  readonly effect: Effect
  readonly input: Input
  readonly output: Output
  /** Whether a stranger may call it over HTTP and MCP without the operator's key. Default false. */
  readonly open?: boolean
  /** Whether a call waits for a workflow that it started: then it takes no place among the activities of a worker. Default false. */
  readonly waits?: boolean
  /** Most wei that a call with this input can spend, without gas; undefined where that is not known before. Whatever spends says it. */
  mostWei?(input: z.output<Input>): string | undefined
}

/** A tool is data; what it does stands in `<name>.run.ts`, so that agents and workflows can import the definition. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: ToolDefinition<Input, Output>,
): ToolDefinition<Input, Output> {
  return Object.freeze(definition)
}
