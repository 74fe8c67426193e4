import { Hono } from 'hono'
import { TributaryError } from '../kernel/index.ts'
import { getEpoch } from '../store/index.ts'
import { epochIndex, type ToolContext } from '../tools/index.ts'

/**
 * `GET /published/<epoch>` is the index of a published epoch, `GET /published/<epoch>/<digest>` a page of it: no other file is
 * ever served. Whoever read them needs nothing else from here to claim.
 */
export function publishedRoutes(ctx: ToolContext): Hono {
  const app = new Hono()
  const indexOf = async (number: string) => {
    const epoch = /^[1-9]\d{0,8}$/.test(number) ? await getEpoch(ctx.store, { epoch: Number(number) }) : undefined
    if (epoch && epoch.published !== null) return ctx.blobs.get(epoch.published)
    throw new TributaryError('This epoch is not published.', {
      code: 'gateway/not-published',
      facts: { epoch: number.slice(0, 20), state: epoch?.state ?? 'none' },
      tryThis: 'ask again when its root is final',
    })
  }
  const json = { 'content-type': 'application/json', 'cache-control': 'public, max-age=31536000, immutable' }
  app.get('/published/:epoch', async (c) => c.body(new Uint8Array(await indexOf(c.req.param('epoch'))), 200, json))
  app.get('/published/:epoch/:digest', async (c) => {
    const index = epochIndex.parse(JSON.parse(new TextDecoder().decode(await indexOf(c.req.param('epoch')))))
    const page = index.pages.find(({ digest }) => digest === c.req.param('digest'))
    if (page) return c.body(new Uint8Array(await ctx.blobs.get(page.digest)), 200, json)
    throw new TributaryError('This file is no page of this epoch.', {
      code: 'gateway/not-published',
      facts: { epoch: index.epoch },
      tryThis: 'the index of the epoch lists its pages',
    })
  })
  return app
}
