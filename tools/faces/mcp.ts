import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  type CallToolResult,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { findError, TributaryError } from '../../kernel/index.ts'
import type { ToolDefinition } from '../defineTool.ts'
import { toWire } from './wire.ts'

/** Performs a call: through the door of this process (gateway), or by asking a server that runs (stdio). */
export type CallForMcp = (
  tool: ToolDefinition,
  input: Record<string, unknown>,
  effectKey: string | undefined,
  signal: AbortSignal,
) => Promise<Record<string, unknown>>

/** A tool that answers in MCP's own terms, with metadata: one that is paid. */
export type McpTool = {
  definition: ToolDefinition
  answer: (
    input: Record<string, unknown>,
    call: { meta: Record<string, unknown> | undefined; signal: AbortSignal },
  ) => Promise<CallToolResult>
}

/**
 * An MCP server over tools; the caller connects a transport (stdio, or HTTP in the gateway).
 * The low-level server is used so that validation and errors are those of our one door on every face.
 * `_meta.effectKey` names the intention of a call that writes or spends.
 */
export function mcpServer(
  definitions: readonly ToolDefinition[],
  call: CallForMcp,
  version: string,
  others: readonly McpTool[] = [],
): Server {
  const byName = new Map(definitions.map((tool) => [tool.name, tool]))
  const server = new Server({ name: 'tributary', version }, { capabilities: { tools: {} } })
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [...definitions.map(describe), ...others.map(({ definition }) => withoutOutput(describe(definition)))],
  }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }): Promise<CallToolResult> => {
    try {
      const other = others.find(({ definition }) => definition.name === params.name)
      if (other) return await other.answer(params.arguments ?? {}, { meta: params._meta, signal })
      const tool = byName.get(params.name)
      if (!tool) throw unknownTool(params.name, [...byName.keys()])
      const effectKey = params._meta?.['effectKey']
      const output = await call(
        tool,
        params.arguments ?? {},
        typeof effectKey === 'string' ? effectKey : undefined,
        signal,
      )
      return { content: [{ type: 'text', text: toWire(output) }], structuredContent: output }
    } catch (failure) {
      const coded = findError(failure)
      if (!coded) throw failure
      return { isError: true, content: [{ type: 'text', text: toWire({ error: coded.toJSON() }) }] }
    }
  })
  return server
}

function describe({ name, summary, effect, input, output }: ToolDefinition): Tool {
  return {
    name,
    description: summary,
    inputSchema: z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Tool['inputSchema'],
    outputSchema: z.toJSONSchema(output, { io: 'output', unrepresentable: 'any' }) as NonNullable<Tool['outputSchema']>,
    annotations: {
      readOnlyHint: effect === 'read',
      destructiveHint: effect === 'spend',
      idempotentHint: true,
      openWorldHint: effect === 'spend',
    },
  }
}

/** Its terms are structured content as well, and clients hold all of that to the schema, errors too. */
function withoutOutput(tool: Tool): Tool {
  const { outputSchema: _, ...rest } = tool
  return rest
}

function unknownTool(name: string, known: string[]): TributaryError {
  return new TributaryError(`There is no tool named ${name}.`, {
    code: 'tools/unknown',
    facts: { name, known },
    tryThis: 'list the tools, then call one of them',
  })
}
