import { Hono } from 'hono'
import type { DiscoveryExtension } from '@x402/extensions/bazaar'
import { soldHere } from '../chain/index.ts'
import { chatRequest, quoteFor, type ToolContext } from '../tools/index.ts'
import { askModel } from './mcp/askModel.ts'
import { listAliases } from '../store/index.ts'
import { chatDiscovery, exampleRequest, toolDiscovery } from './extensions/discovery.ts'

type Resource = { resource: string; type: 'http' | 'mcp'; description: string; bazaar: DiscoveryExtension }

/**
 * `GET /discovery/resources`: what is sold here, as catalogues of x402 (bazaar) list it, by HTTP and by MCP. What an answer
 * costs depends on its request: the terms shown are those of the example, with the newest model.
 */
export function discoveryRoutes(ctx: ToolContext): Hono {
  const app = new Hono()
  app.get('/discovery/resources', async (c) => {
    const [newest] = (await listAliases(ctx.store, {})).toSorted((a, b) => b.atMs - a.atMs)
    const at = new URL(c.req.url).origin
    const { type, scheme, limit = '100', offset = '0' } = c.req.query()
    const items = newest ? await itemsOf(newest.name, at, newest.atMs) : []
    const wanted = items.filter(
      (item) => (!type || item.type === type) && (!scheme || item.accepts.some((terms) => terms.scheme === scheme)),
    )
    const [from, most] = [Number(offset) || 0, Number(limit) || 100]
    const pagination = { limit: most, offset: from, total: wanted.length }
    return c.json({ x402Version: 2, items: wanted.slice(from, from + most), pagination })
  })
  return app

  async function itemsOf(model: string, at: string, atMs: number) {
    const { feeWei } = await quoteFor(chatRequest.parse({ model, ...exampleRequest }), ctx)
    const accepts = ctx.schemes.map(({ requirements }) => requirements({ amountWei: feeWei }))
    const { name, summary } = askModel
    const resources: Resource[] = [
      { resource: `${at}/v1/chat/completions`, type: 'http', description: soldHere, bazaar: chatDiscovery(model) },
      { resource: `mcp://tool/${name}`, type: 'mcp', description: summary, bazaar: toolDiscovery(askModel, model) },
    ]
    return resources.map(({ bazaar, ...resource }) => ({
      ...resource,
      x402Version: 2,
      mimeType: 'application/json',
      accepts,
      lastUpdated: new Date(atMs).toISOString(),
      extensions: { bazaar },
    }))
  }
}
