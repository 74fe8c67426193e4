import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { Hono } from 'hono'
import { TributaryError } from '../kernel/index.ts'
import {
  limitBody,
  mcpServer,
  runTool,
  version,
  type Admit,
  type BoundTool,
  type McpTool,
  type ToolContext,
} from '../tools/index.ts'

/**
 * `POST /mcp`: MCP over HTTP without sessions. Each request gets a server of its own, so nothing is kept between two of
 * them; a client that wants to listen (GET) or to end a session (DELETE) is told that there is none.
 */
export function mcpRoutes(
  tools: readonly BoundTool[],
  ctx: ToolContext,
  { admit, paid }: { admit: Admit; paid: readonly McpTool[] },
): Hono {
  const byName = new Map(tools.map((tool) => [tool.definition.name, tool]))
  const definitions = tools.map((tool) => tool.definition)
  const app = new Hono()
  app.post('/mcp', limitBody(), async ({ req: { raw } }) => {
    refuseForeignPages(raw)
    const authorization = raw.headers.get('authorization') ?? undefined
    const server = mcpServer(
      definitions,
      async ({ name }, input, effectKey, signal) => {
        const tool = byName.get(name) as BoundTool
        const isOperator = admit(tool, authorization)
        const call = {
          face: 'mcp' as const,
          signal,
          ...(isOperator ? {} : { stranger: true as const }),
          ...(effectKey === undefined ? {} : { effectKey: `mcp/${effectKey}` }),
        }
        return runTool(tool, input, { ...ctx, call })
      },
      version,
      paid,
    )
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
    await server.connect(transport)
    return transport.handleRequest(raw)
  })
  app.all('/mcp', ({ req: { method } }) => {
    throw new TributaryError('There are no sessions here: only POST.', {
      code: 'gateway/method',
      facts: { method },
      tryThis: 'send each MCP message by POST /mcp',
    })
  })
  return app
}

/** A page of another site that a browser on this machine shows must not reach the tools, not even by DNS rebinding. */
function refuseForeignPages(request: Request): void {
  const origin = request.headers.get('origin')
  if (origin === null) return
  const host = URL.parse(origin)?.hostname
  if (host !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(host)) return
  throw new TributaryError('A page of another site may not call these tools.', {
    code: 'gateway/foreign-origin',
    facts: { origin: origin.slice(0, 200) },
    tryThis: 'call from a program, which sends no Origin, or from a page of this machine',
  })
}
