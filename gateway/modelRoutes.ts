import { Hono } from 'hono'
import { listAliases } from '../store/index.ts'
import type { ToolContext } from '../tools/index.ts'

/** `GET /v1/models` as OpenAI's API has it: one entry an alias, its adapter digest beside it. */
export function modelRoutes(ctx: ToolContext): Hono {
  const app = new Hono()
  app.get('/v1/models', async (c) => {
    const models = new Map((await listAliases(ctx.store, {})).map((alias) => [alias.name, alias]))
    return c.json({
      object: 'list',
      data: [...models.values()].map(({ name, adapter, atMs }) => ({
        id: name,
        object: 'model',
        created: Math.floor(atMs / 1000),
        owned_by: 'tributary',
        adapter,
      })),
    })
  })
  return app
}
