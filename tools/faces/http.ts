import { Hono } from 'hono'
import { TributaryError } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { runTool, type BoundTool } from '../runTool.ts'
import { limitBody } from './limitBody.ts'
import { toWire } from './wire.ts'

/** Whether a request is the operator's. Throws a coded error for a stranger at a tool that is not open. */
export type Admit = (tool: BoundTool, authorization: string | undefined) => boolean

/**
 * `POST /tools/<name>` for every tool, body = input, answer = output, both JSON.
 * The header `Effect-Key` names the intention of a call that writes or spends.
 */
export function toolRoutes(tools: readonly BoundTool[], ctx: ToolContext, admit: Admit): Hono {
  const app = new Hono()
  for (const bound of tools) {
    app.post(`/tools/${bound.definition.name}`, limitBody(), async (c) => {
      const isOperator = admit(bound, c.req.header('authorization'))
      const effectKey = c.req.header('effect-key')
      const call = {
        face: 'http' as const,
        signal: c.req.raw.signal,
        ...(isOperator ? {} : { stranger: true as const }),
        // a stranger's key must not collide with a workflow's
        ...(effectKey === undefined ? {} : { effectKey: `http/${effectKey}` }),
      }
      const output = await runTool(bound, await body(c.req.raw), { ...ctx, call })
      return c.body(toWire(output), 200, { 'content-type': 'application/json' })
    })
  }
  return app
}

async function body(request: Request): Promise<unknown> {
  const text = await request.text()
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new TributaryError('The body is not JSON.', {
      code: 'tools/not-json',
      facts: { message: cause instanceof Error ? cause.message : '' },
      tryThis: 'send the tool input as a JSON object',
    })
  }
}
