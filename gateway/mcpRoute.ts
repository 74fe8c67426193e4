import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { mcpServer, runTool, type Admit, type BoundTool, type ToolContext } from '../tools/index.ts'

/** MCP over HTTP without sessions: each request gets a server of its own, so nothing is kept between two of them. */
export async function mcpRoute(
  request: Request,
  tools: readonly BoundTool[],
  ctx: ToolContext,
  version: string,
  admit: Admit,
): Promise<Response> {
  const authorization = request.headers.get('authorization') ?? undefined
  const byName = new Map(tools.map((tool) => [tool.definition.name, tool]))
  const server = mcpServer(
    tools.map((tool) => tool.definition),
    async ({ name }, input, effectKey, signal) => {
      const tool = byName.get(name) as BoundTool
      admit(tool, authorization)
      const call = {
        face: 'mcp' as const,
        signal,
        ...(effectKey === undefined ? {} : { effectKey: `mcp/${effectKey}` }),
      }
      return runTool(tool, input, { ...ctx, call })
    },
    version,
  )
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
  await server.connect(transport)
  return transport.handleRequest(request)
}
