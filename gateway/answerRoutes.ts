import { Hono } from 'hono'
import { TributaryError } from '../kernel/index.ts'
import { definitions, eraseForPayer, limitBody, type ToolContext } from '../tools/index.ts'

/**
 * `POST /v1/answers/<receipt>/erase` with `{"signature": …}`: what the payer of an answer may ask for, by its signature and
 * without an account. A wish that waits is asked about by sending it again.
 */
export function answerRoutes(ctx: ToolContext): Hono {
  const app = new Hono()
  app.post('/v1/answers/:receipt/erase', limitBody(4_096), async (c) => {
    const body: unknown = await c.req.json().catch(() => ({}))
    const given = { ...(typeof body === 'object' ? body : {}), receipt: c.req.param('receipt') }
    const parsed = definitions.erase_answer.input.safeParse(given)
    if (parsed.success) return c.json(await eraseForPayer(ctx, parsed.data))
    throw new TributaryError('The wish is not valid.', {
      code: 'gateway/bad-request',
      facts: { issues: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) },
      tryThis: 'see /v1/answers/{receipt}/erase in /openapi.json',
    })
  })
  return app
}
