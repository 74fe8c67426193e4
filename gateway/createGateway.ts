import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { TributaryError } from '../kernel/index.ts'
import { toolRoutes, version, type BoundTool, type ToolContext } from '../tools/index.ts'
import { answerRoutes } from './answerRoutes.ts'
import { discoveryRoutes } from './discoveryRoutes.ts'
import { errorResponse } from './errorResponse.ts'
import { paidAskModel } from './mcp/paidAskModel.ts'
import { mcpRoutes } from './mcpRoutes.ts'
import { openApiDocument } from './openApiDocument.ts'
import { operatorOnly } from './operatorOnly.ts'
import { modelRoutes } from './modelRoutes.ts'
import { publishedRoutes } from './publishedRoutes.ts'
import { chatRoutes } from './chatRoutes.ts'
import { trainRoutes } from './trainRoutes.ts'
import type { Seller } from './sell/createSeller.ts'

export type GatewayOptions = {
  tools: readonly BoundTool[]
  ctx: ToolContext
  seller: Seller
  operatorToken: string
  /** After so long, and then as often, a stream says that its answer is still held; 10 seconds unless given. */
  beatMs?: number
}

/**
 * Everything over HTTP: `/v1/*` sells answers as OpenAI's API does, `/tools/*` and `/mcp` are the tools (`/mcp` sells
 * as well), `/discovery/resources` says what is sold,
 * `/openapi.json` describes all of it, `/health` answers once the server is up.
 */
export function createGateway({ tools, ctx, seller, operatorToken, beatMs }: GatewayOptions): Hono {
  const admit = operatorOnly(operatorToken)
  const document = openApiDocument(
    tools,
    version,
    ctx.schemes.map(({ id }) => id),
  )
  const app = new Hono()
  app.use(secureHeaders())
  app.onError((failure) => errorResponse(failure, ctx.log))
  app.notFound((c) =>
    errorResponse(
      new TributaryError('There is nothing at this address.', {
        code: 'gateway/not-found',
        facts: { method: c.req.method, path: c.req.path.slice(0, 200) },
        tryThis: 'see /openapi.json',
      }),
      ctx.log,
    ),
  )
  app.get('/health', (c) => c.json({ ok: true, version }))
  app.get('/openapi.json', (c) => c.json(document))
  app.route('/', discoveryRoutes(ctx))
  app.route('/', answerRoutes(ctx))
  app.route('/', mcpRoutes(tools, ctx, { admit, paid: [paidAskModel(ctx, seller)] }))
  app.route('/', toolRoutes(tools, ctx, admit))
  app.route('/', modelRoutes(ctx))
  app.route('/', publishedRoutes(ctx))
  app.route('/', trainRoutes(tools, ctx, admit))
  app.route('/', chatRoutes(ctx, seller, beatMs === undefined ? {} : { beatMs }))
  return app
}
