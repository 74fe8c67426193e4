import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { CallToolRequestSchema, ListToolsRequestSchema, type CallToolResult, type Tool } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { findError, TributaryError } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { runTool, type BoundTool } from '../runTool.ts'
import { toWire } from './wire.ts'

/**
 * An MCP server over the tools; the caller connects a transport (stdio, or HTTP in the gateway).
 * The low-level server is used so that validation and errors are those of our one door on every face.
 * `_meta.effectKey` names the intention of a call that writes or spends. `admit` throws where a caller may not.
 */
export function mcpServer(tools: readonly BoundTool[], ctx: ToolContext, version: string, admit: (tool: BoundTool) => void): Server {
  const byName = new Map(tools.map((tool) => [tool.definition.name, tool]))
  const server = new Server({ name: 'tributary', version }, { capabilities: { tools: {} } })
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(describe) }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }): Promise<CallToolResult> => {
    try {
      const tool = byName.get(params.name)
      if (!tool) throw unknownTool(params.name, [...byName.keys()])
      admit(tool)
      const effectKey = params._meta?.['effectKey']
      const call = { face: 'mcp' as const, signal, ...(typeof effectKey === 'string' ? { effectKey: `mcp/${effectKey}` } : {}) }
      const output = await runTool(tool, params.arguments, { ...ctx, call })
      return { content: [{ type: 'text', text: toWire(output) }], structuredContent: output }
    } catch (failure) {
      const coded = findError(failure)
      if (!coded) throw failure
      return { isError: true, content: [{ type: 'text', text: toWire({ error: coded.toJSON() }) }] }
    }
  })
  return server
}

function describe({ definition }: BoundTool): Tool {
  const { name, summary, effect, input, output } = definition
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

function unknownTool(name: string, known: string[]): TributaryError {
  return new TributaryError(`There is no tool named ${name}.`, {
    code: 'tools/unknown',
    facts: { name, known },
    tryThis: 'list the tools, then call one of them',
  })
}
